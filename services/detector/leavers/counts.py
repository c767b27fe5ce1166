"""Contributions of people who leave into how much nothing explained, day after day of their last weeks."""

from __future__ import annotations

import polars as pl

from services.detector.faults.muting import counting
from services.detector.members import chosen
from services.detector.rules import EXPORTS, ORDINARY
from services.detector.state.tables import State

KEY = ["employee", "last_day"]
"""One end of employment."""


def amounts(state: State, leaving: pl.DataFrame, times: pl.DataFrame) -> pl.DataFrame:
    """Per end of employment and decided day at work: persons and records so far, as known when that day is decided.

    `leaving` holds employee, since and last_day; `times` (day, decided_at) the decided days.
    """
    days = (
        leaving.join(state.features.select("employee", "day"), on="employee")
        .filter(pl.col("day").is_between("since", "last_day"))
        .join(times, on="day")
        .select(*KEY, "since", pl.col("day").alias("upto"), "decided_at")
    )
    rows = _looks(state, leaving["employee"])
    then = (
        days.join(rows, on="employee")
        .filter(
            pl.col("day").is_between("since", "upto")
            & (pl.col("counts_from") <= pl.col("decided_at"))
            & (pl.col("counts_until").is_null() | (pl.col("counts_until") > pl.col("decided_at")))
        )
        .group_by(*KEY, "upto")
        .agg(
            pl.col("subject").filter(~pl.col("taken_out")).n_unique().cast(pl.Int64).alias("persons"),
            pl.col("record_count").filter("taken_out").cast(pl.Int64).sum().alias("records"),
        )
    )
    return days.join(then, on=[*KEY, "upto"], how="left").with_columns(pl.col("persons", "records").fill_null(0))


def _looks(state: State, employees: pl.Series) -> pl.DataFrame:
    """What counts of these employees: persons whom no colleague's case explains, and what was taken out."""
    taken_out = pl.col("family") == EXPORTS
    concerned = pl.col("employee").is_in(employees.unique().implode())
    return (
        counting(state)
        .filter(concerned & (taken_out | (pl.col("family").is_in(ORDINARY) & chosen())))
        .select(
            "employee", "day", "subject", "record_count", "counts_from", "counts_until", taken_out.alias("taken_out")
        )
    )
