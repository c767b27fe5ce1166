"""Case links into the cases that were open at a moment, to draw one of them at random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

FOREVER = np.iinfo(np.int64).max
TRIES = 200
"""Draws before a moment is given up, for a team whose cases were hardly ever open."""
LASTING = ("assignment", "task", "review")
"""Kinds of links that tell of an open case; a contact is a moment."""

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Case:
    """A link in force: whose case a person was."""

    bsn: str
    team: str
    holder: str | None
    """The employee; None for a link to the team."""


class OpenCases:
    """All lasting links with the team that they lay with, by start.

    A personal link lies with the team that its holder is in at the time; both frames as the contract says.
    """

    def __init__(self, links: pl.DataFrame, employees: pl.DataFrame) -> None:
        rows = placed(links, employees)
        self._bsns, self._teams, self._holders = (rows[name].to_list() for name in ("bsn", "team_id", "employee_id"))
        self._starts, self._ends = rows["start"].to_numpy(), rows["end"].to_numpy()
        self._all = np.arange(rows.height)
        self._by_team, self._by_person = (_places(rows, name) for name in ("team_id", "bsn"))

    def draw(self, at: int, rng: np.random.Generator, team: str | None = None) -> Case | None:
        """A link in force at a moment (microseconds), each as likely: of anybody, or of one team; None if none is."""
        rows = self._all if team is None else self._by_team.of(team)
        starts = self._starts if team is None else self._starts[rows]
        begun = int(np.searchsorted(starts, at, "right"))
        for _ in range(TRIES if begun else 0):
            place = int(rows[rng.integers(begun)])
            if self._ends[place] > at:
                return self._case(place)
        return None

    def of_person(self, bsn: str, at: int) -> list[Case]:
        """The links to one person in force at a moment."""
        rows = self._by_person.of(bsn)
        return [self._case(int(row)) for row in rows if self._starts[row] <= at < self._ends[row]]

    def _case(self, place: int) -> Case:
        return Case(self._bsns[place], self._teams[place], self._holders[place])


@dataclass(frozen=True)
class Grouped:
    """Places of rows, those of equal value side by side and in order."""

    places: Places
    slices: dict[str, tuple[int, int]]

    def of(self, value: str) -> Places:
        """The places of one value."""
        start, length = self.slices.get(value, (0, 0))
        return self.places[start : start + length]


def span(prefix: str = "") -> tuple[pl.Expr, pl.Expr]:
    """Validity in microseconds as `start` and `end`; open ends lie for ever ahead."""
    return (
        pl.col("valid_from").dt.epoch("us").alias(f"{prefix}start"),
        pl.col("valid_to").dt.epoch("us").fill_null(FOREVER).alias(f"{prefix}end"),
    )


def placed(links: pl.DataFrame, employees: pl.DataFrame) -> pl.DataFrame:
    """bsn, team_id, employee_id (null for a team's link), start and end, in order of start."""
    lasting = links.filter(pl.col("kind").is_in(LASTING))
    columns = ["bsn", "team_id", "employee_id", "start", "end"]
    team = lasting.filter(pl.col("assignee_kind") == "team").select(
        "bsn", pl.col("assignee_id").alias("team_id"), pl.lit(None, pl.String).alias("employee_id"), *span()
    )
    personal = lasting.filter(pl.col("assignee_kind") == "employee").select(
        "bsn", pl.col("assignee_id").alias("employee_id"), *span()
    )
    within = personal.join(employees.select("employee_id", "team_id", *span("period_")), on="employee_id").with_columns(
        pl.max_horizontal("start", "period_start").alias("start"), pl.min_horizontal("end", "period_end").alias("end")
    )
    both = pl.concat([team, within.select(columns)]).filter(pl.col("start") < pl.col("end"))
    return both.unique().sort("start", "bsn", "team_id", "employee_id", "end")


def _places(rows: pl.DataFrame, name: str) -> Grouped:
    ordered = rows.select(name).with_row_index("place").sort(name, "place")
    runs = ordered.with_row_index("start").group_by(name).agg(pl.col("start").min(), pl.len())
    slices = {value: (start, length) for value, start, length in runs.iter_rows()}
    return Grouped(ordered["place"].cast(pl.Int64).to_numpy(), slices)
