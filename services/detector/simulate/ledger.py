"""What lawful situations leave in the registers besides visits: links, reports of mistakes, parties of cases."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from services.core.contract import LINK_KINDS
from services.detector.simulate.dice import NONE, Dice, Ints
from services.detector.simulate.links import LINK, PLANNING
from services.detector.simulate.visits import column

REPORT = ("employee", "person", "at", "registered_at")
PARTY = ("case", "person", "kind", "valid_from", "registered_at")
PARTY_KINDS = ("partner", "child", "employer", "curator")


class Ledger:
    """Gathers tables of integers; `next_case` is the first number that no case has."""

    def __init__(self, rng: Dice, next_case: int) -> None:
        self.rng, self.next_case = rng, next_case
        self._links: list[pl.DataFrame] = []
        self._reports: list[pl.DataFrame] = []
        self._parties: list[pl.DataFrame] = []

    def new_cases(self, count: int) -> Ints:
        """Numbers for new cases."""
        first, self.next_case = self.next_case, self.next_case + count
        return np.arange(first, self.next_case)

    def link(
        self,
        kind: str,
        *,
        case: Ints,
        person: Ints,
        employee: Ints,
        begin: Ints,
        end: Ints | int,
        registered_at: Ints,
        registrar: Ints | int = PLANNING,
    ) -> None:
        """Links of employees that came about outside the usual distribution of work; moments in microseconds."""
        given: dict[str, Ints | int] = {
            "case": case,
            "person": person,
            "employee": employee,
            "kind": LINK_KINDS.index(kind),
            "valid_from": begin,
            "valid_to": end,
            "registered_at": registered_at,
            "registrar": registrar,
        }
        self._links.append(_table(LINK, len(case), given))

    def report(self, slips: pl.DataFrame, registered_at: Ints) -> None:
        """Somebody tells that a wrong file was opened."""
        given = {name: column(slips, name) for name in ("employee", "person", "at")}
        self._reports.append(_table(REPORT, slips.height, {**given, "registered_at": registered_at}))

    def party(self, case: Ints, person: Ints, kind: Ints, begin: Ints, registered_at: Ints) -> None:
        """People recorded in a case beside its client; `kind` is a position in PARTY_KINDS."""
        given = {"case": case, "person": person, "kind": kind, "valid_from": begin, "registered_at": registered_at}
        self._parties.append(_table(PARTY, len(case), given))

    @property
    def links(self) -> pl.DataFrame:
        """All links so far."""
        return pl.concat([_table(LINK, 0, {}), *self._links])

    @property
    def reports(self) -> pl.DataFrame:
        """All reports so far."""
        return pl.concat([_table(REPORT, 0, {}), *self._reports])

    @property
    def parties(self) -> pl.DataFrame:
        """All parties so far."""
        return pl.concat([_table(PARTY, 0, {}), *self._parties])


def _table(columns: tuple[str, ...], count: int, given: Mapping[str, Ints | int]) -> pl.DataFrame:
    filled = {name: np.broadcast_to(np.asarray(given.get(name, NONE), np.int64), count) for name in columns}
    return pl.DataFrame({name: np.ascontiguousarray(values) for name, values in filled.items()})
