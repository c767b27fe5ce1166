"""Tried lookups and facts into coverage: which lookups each path covers, and how near in time.

Paths are grown from the person looked at, because a person has few cases and an employee many; they close where a
step leads to the viewer, or to the case that the screen was in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from services.detector.mining.grammar import STEPS, Node, Step
from services.detector.mining.plant import UNEXPLAINED

WINDOWS = (0, 1, 7, 30, 90)
"""Days between the lookup and the most distant step; 0: all in force at that moment."""
NEVER = len(WINDOWS)
"""Place of a window that is beyond the last."""
DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Limits:
    """How far the walk goes, and on how many lookups."""

    depth: int = 3
    least_support: float = 0.01
    """A path that reaches anything for a smaller share of the lookups is not grown."""
    least_rows: int = 5
    most_rows: int = 3_000_000
    """A step to more rows than this is not taken: it joins nearly everybody to everybody."""
    most_tried: int = 4_000
    """Of more unexplained lookups so many are drawn."""
    planted: int = 2_000
    """Lookups at random persons, of each of the three ways of drawing them."""


@dataclass(frozen=True)
class Covered:
    """A path, and per lookup that it covers (`row`) the place of the least window in which it does.

    `before`: with steps that had begun by the lookup; `around`: with later ones as well.
    """

    steps: tuple[Step, ...]
    rows: pl.DataFrame

    @property
    def id(self) -> str:
        """Where the path starts and its steps."""
        return " ".join([self.steps[0].source, *(step.id for step in self.steps)])


@dataclass(frozen=True)
class Front:
    """Where a growing path has come: nodes reached per row."""

    steps: tuple[Step, ...]
    """In the order of reading: the step taken last is the first."""
    node: Node
    rows: pl.DataFrame


class Walk:
    """Grows paths breadth-first over the facts of a history."""

    def __init__(self, tried: pl.DataFrame, facts: Mapping[str, pl.DataFrame], limits: Limits) -> None:
        self._tried = tried
        self._limits = limits
        real = tried.filter(pl.col("population") == UNEXPLAINED)
        self._real = real.select("row")
        self._needed = max(limits.least_rows, limits.least_support * real.height)
        self._by_target = {step: _oriented(facts[step.kind.id], step) for step in STEPS}
        self._fans = {step: frame.group_by("from").len("fan") for step, frame in self._by_target.items()}
        self.too_broad: list[tuple[Step, ...]] = []
        """Paths that were not grown for their breadth."""

    def run(self) -> Iterator[Covered]:
        """Every path with support, the short ones first."""
        now = pl.lit(0, pl.Int8)
        start = self._tried.select(
            "row", "at", "employee", "case", "subject", pl.col("subject").alias("node"),
            now.alias("before"), now.alias("around"),
        )  # fmt: skip
        fronts = [Front((), Node.PERSON, start)]
        for depth in range(1, self._limits.depth + 1):
            for front in fronts:
                yield from self._closed(front)
            if depth < self._limits.depth:
                fronts = [grown for front in fronts for grown in self._grown(front)]

    def _closed(self, front: Front) -> Iterator[Covered]:
        """The paths that one more step completes."""
        for step in STEPS:
            if step.target is not front.node:
                continue
            for anchor in ("employee", "case"):
                if step.source == anchor and not (step.kind.personal and anchor == "employee"):
                    joined = self._joined(front, step, {"node": "from", anchor: "to"})
                    covered = joined.group_by("row").agg(pl.col("before", "around").min()).sort("row")
                    if self._support(covered) >= self._needed:
                        yield Covered((step, *front.steps), covered)

    def _grown(self, front: Front) -> Iterator[Front]:
        """The front after each step that enough lookups can take; never back to the viewer or the person."""
        for step in STEPS:
            if step.target is not front.node or self._is_too_broad(front, step):
                continue
            joined = self._joined(front, step, {"node": "from"})
            reached = joined.filter(_is_new(step.source, pl.col("to")))
            keys = ["row", "at", "employee", "case", "subject"]
            nodes = reached.group_by(*keys, pl.col("to").alias("node")).agg(pl.col("before", "around").min())
            if self._support(nodes) >= self._needed:
                yield Front((step, *front.steps), step.source, nodes)

    def _is_too_broad(self, front: Front, step: Step) -> bool:
        fan = front.rows.select("node").join(self._fans[step], left_on="node", right_on="from")["fan"].sum()
        if fan > self._limits.most_rows:
            self.too_broad.append((step, *front.steps))
            return True
        return False

    def _joined(self, front: Front, step: Step, on: Mapping[str, str]) -> pl.DataFrame:
        """The front's rows with each fact that fits within the longest window, and the windows so far."""
        facts = self._by_target[step].with_columns(pl.col(name).alias(f"{name}_key") for name in on.values())
        keys = [f"{name}_key" for name in on.values()]
        pairs = front.rows.join(facts, left_on=list(on), right_on=keys)
        later = (pl.col("start") > pl.col("at")).fill_null(value=False)
        away = _window()
        self_made = ((pl.col("maker") == pl.col("employee")) & (pl.col("made_at") > pl.col("at"))).fill_null(
            value=False
        )
        return pairs.filter(~self_made).with_columns(
            pl.max_horizontal("around", away).cast(pl.Int8).alias("around"),
            pl.max_horizontal("before", pl.when(later).then(NEVER).otherwise(away)).cast(pl.Int8).alias("before"),
        ).filter(pl.col("around") < NEVER)  # fmt: skip

    def _support(self, rows: pl.DataFrame) -> int:
        return rows.select("row").unique().join(self._real, on="row", how="semi").height


def _oriented(facts: pl.DataFrame, step: Step) -> pl.DataFrame:
    """Facts in the direction of growth, against that of reading: `from` is what the step leads to."""
    ends = ("source", "target") if step.forth else ("target", "source")
    return facts.rename({ends[0]: "to", ends[1]: "from"})


def _window() -> pl.Expr:
    """Place of the least window that holds a fact: 0 while it is so, NEVER beyond the last."""
    after_end = (pl.col("at") - pl.col("end")).dt.total_seconds()
    before_start = (pl.col("start") - pl.col("at")).dt.total_seconds()
    away = pl.max_horizontal(after_end, before_start, 0)
    return pl.sum_horizontal((away > days * DAY_SECONDS).cast(pl.Int8) for days in WINDOWS)


def _is_new(node: Node, reached: pl.Expr) -> pl.Expr:
    """The node is not one that the path has at its ends: those would make a shorter path."""
    ends = {Node.EMPLOYEE: "employee", Node.PERSON: "subject"}
    return reached != pl.col(ends[node]) if node in ends else pl.lit(value=True)
