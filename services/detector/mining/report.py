"""Covered lookups into proposals: what each path would explain, what it would let through, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from services.detector.mining.grammar import Words, in_words
from services.detector.mining.plant import ANYBODY, OPEN_CASE, OWN_TEAM, UNEXPLAINED
from services.detector.mining.walk import WINDOWS, Covered

MOST_LEAK = 0.05
"""Above this share of random lookups a path says too little: the bound of docs/quality.md for all explanations."""
MAY_COST = 0.1
"""A narrower window is chosen where it costs at most this share of what the best one is worth."""
PLANTED_AT_LEAST = 1.0
"""Lookups that a leak of nothing counts for in the lift: so many more random ones might have shown one."""


@dataclass(frozen=True)
class Proposal:
    """One path in its best window. Shares are from 0 to 1; null where nothing could be planted."""

    path: str
    nl: str
    en: str
    within_days: int
    also_later: bool
    """Steps that began after the lookup count as well."""
    explained: float
    """Of the lookups that nothing explained."""
    explained_of_all: float
    adds: float
    """Of the lookups that nothing explained: what no proposal before this one covers."""
    people: int
    leak_open_case: float | None
    leak_anybody: float | None
    leak_own_team: float | None
    lift: float
    too_loose: bool
    example: Words

    def row(self) -> dict[str, object]:
        """As JSON."""
        return asdict(self) | {"example": self.example._asdict()}


@dataclass(frozen=True)
class Variant:
    """A path in one window: which tried lookups it covers, and which share of each population that is."""

    path: Covered
    window: int
    later: bool
    hit: NDArray[np.bool_]
    shares: Mapping[str, float | None]
    leak: float

    @property
    def explained(self) -> float:
        """Share of the unexplained lookups."""
        return self.shares[UNEXPLAINED] or 0.0

    @property
    def worth(self) -> float:
        """What the path explains beyond what it would explain of random lookups."""
        return self.explained - self.leak

    @property
    def loose(self) -> bool:
        """It lets through so much that it explains little."""
        return self.leak > MOST_LEAK


class Judge:
    """Judges paths on one set of tried lookups, of which the unexplained are this share of all."""

    def __init__(self, tried: pl.DataFrame, share_of_all: float, least_support: float) -> None:
        self._tried = tried
        self._share_of_all = share_of_all
        self._least_support = least_support
        population = tried["population"].to_numpy()
        self._of = {name: population == name for name in (UNEXPLAINED, OPEN_CASE, ANYBODY, OWN_TEAM)}

    def proposals(self, paths: Iterable[Covered]) -> list[Proposal]:
        """Each path in its best window: those that let little through first, then by what they explain beyond it.

        Left out is what lets little through and explains no more of the lookups than of random ones.
        """
        judged = [variant for path in paths if (variant := self._best(path)).loose or variant.worth > 0]
        judged.sort(key=lambda each: (each.loose, -each.worth, len(each.path.steps), each.path.id))
        seen = ~self._of[UNEXPLAINED]
        told = []
        for variant in judged:
            told.append(self._proposal(variant, variant.hit & ~seen))
            seen |= variant.hit
        return told

    def _best(self, path: Covered) -> Variant:
        """The window in which the path is worth most; a narrower one where that is worth nearly as much."""
        variants = []
        for later in (False, True):
            places = np.full(self._tried.height, len(WINDOWS), np.int8)
            places[path.rows["row"].to_numpy()] = path.rows["around" if later else "before"].to_numpy()
            variants += [self._variant(path, window, later, places <= window) for window in range(len(WINDOWS))]
        enough = [variant for variant in variants if variant.explained >= self._least_support] or variants[-1:]
        tight = [variant for variant in enough if not variant.loose and variant.worth > 0] or enough
        most = max(variant.worth for variant in tight)
        return next(variant for variant in tight if variant.worth >= most - abs(most) * MAY_COST)

    def _variant(self, path: Covered, window: int, later: bool, hit: NDArray[np.bool_]) -> Variant:
        shares = {name: _share(hit, mask) for name, mask in self._of.items()}
        leak = max((shares[name] or 0.0) for name in (OPEN_CASE, ANYBODY))
        return Variant(path, window, later, hit, shares, leak)

    def _proposal(self, variant: Variant, fresh: NDArray[np.bool_]) -> Proposal:
        real = self._of[UNEXPLAINED]
        rows = self._tried.filter(pl.Series(variant.hit & real))
        words, days = in_words(variant.path.steps), WINDOWS[variant.window]
        least = PLANTED_AT_LEAST / max(int(self._of[OPEN_CASE].sum()), 1)
        return Proposal(
            path=variant.path.id,
            nl=words.nl,
            en=words.en,
            within_days=days,
            also_later=variant.later,
            explained=variant.explained,
            explained_of_all=round(variant.explained * self._share_of_all, 6),
            adds=round(float(fresh.sum()) / max(int(real.sum()), 1), 4),
            people=rows["employee"].n_unique(),
            leak_open_case=variant.shares[OPEN_CASE],
            leak_anybody=variant.shares[ANYBODY],
            leak_own_team=variant.shares[OWN_TEAM],
            lift=round(variant.explained / max(variant.leak, least), 1),
            too_loose=variant.loose,
            example=_example(rows, days, variant.later),
        )


def _share(hit: NDArray[np.bool_], mask: NDArray[np.bool_]) -> float | None:
    return round(float(hit[mask].mean()), 4) if mask.any() else None


def _example(rows: pl.DataFrame, days: int, later: bool) -> Words:
    """The first lookup covered, without anybody's identity: month and system."""
    if rows.is_empty():
        return Words("", "")
    first = rows.row(0, named=True)
    month, system = first["at"].strftime("%Y-%m"), first["system"]
    when = window_in_words(days, later=later)
    return Words(
        f"een raadpleging in {system}, {month}: zo'n verband bestond {when.nl}",
        f"a lookup in {system}, {month}: such a tie existed {when.en}",
    )


def window_in_words(days: int, *, later: bool) -> Words:
    """How far from the lookup the steps of a path may lie, and on which side of it."""
    if not days:
        return Words("op dat moment", "at that moment")
    nl, en = ("dag", "day") if days == 1 else ("dagen", "days")
    return Words(
        f"hooguit {days} {nl} {'ervoor of erna' if later else 'ervoor'}",
        f"at most {days} {en} {'before or after' if later else 'before'}",
    )
