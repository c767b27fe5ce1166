"""Lookups into the cases of teams that the viewer left a short while ago: for the viewer these ended then."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from services.core.instants import span_of
from services.detector.registers import Registers


def former_cases(lookups: pl.DataFrame, links: pl.DataFrame, registers: Registers, days: int) -> pl.DataFrame:
    """One row per lookup and link of a team that the viewer left so many days before, for another one.

    `lookups` have at, employee, team and subject, `links` are those of their subjects. `valid_to` is when the viewer
    left, or the case ended before; links that began later are left out. Who works in no team any more has no cases.
    """
    recent = timedelta(days=days)
    left = _left(lookups, registers, recent)
    if left.is_empty():
        return lookups.clear()
    near = lookups.drop_nulls("team").join(left, on="employee")
    since = pl.col("at") - pl.col("left_at")
    near = near.filter(since.is_between(timedelta(0), recent) & (pl.col("former_team") != pl.col("team")))
    of_teams = links.filter("to_team") if near.height else links.clear()
    cases = near.join(of_teams, left_on=["subject", "former_team"], right_on=["subject", "assignee"])
    then = cases.filter(pl.col("valid_from") < pl.col("left_at"))
    return then.with_columns(pl.min_horizontal("valid_to", "left_at").alias("valid_to")).drop("left_at", "former_team")


def _left(lookups: pl.DataFrame, registers: Registers, recent: timedelta) -> pl.DataFrame:
    """Teams (employee, former_team, left_at) that these employees left not long before any of the lookups."""
    periods = registers.employees.rows(lookups["employee"]).select(
        "employee", pl.col("team").alias("former_team"), pl.col("valid_to").alias("left_at")
    )
    span = span_of(lookups["at"])
    if span is None:
        return periods.clear()
    left_at = periods["left_at"]
    return periods.filter((left_at >= span[0] - recent) & (left_at <= span[1])).unique()
