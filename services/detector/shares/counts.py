"""Features, attendance and contributions of a month into what each employee opened, and what of it nothing explains."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from services.detector.faults.muting import counting
from services.detector.members import chosen, searched, told_days
from services.detector.rules import SEARCH, SHARE, UNEXPLAINED
from services.detector.state.tables import State

PLACE = ["role", "department"]
DAY_COLUMNS = {SHARE: "workload", SEARCH: "searched"}
"""The feature of a day that a rule takes its share of."""


@dataclass(frozen=True)
class Month:
    """A calendar month, and when every grace of it is over."""

    first: date
    last: date
    decided_at: datetime


@dataclass(frozen=True)
class Worked:
    """What a month's decision rests on, without the days that other signals tell of by then."""

    days: pl.DataFrame
    """Per employee and day at work: role, department, workload, searched."""
    looks: pl.DataFrame
    """Contributions of no case link that counted at the decision (employee, day, subject, searched)."""


def worked(state: State, month: Month) -> Worked:
    """The days at work of a month and its unexplained looks, as known when it is decided."""
    of_month = pl.col("day").is_between(month.first, month.last)
    places = state.attendance.filter(of_month).select("employee", "day", *PLACE)
    told = told_days(state.volume_days).filter(of_month & (pl.col("told_at") <= month.decided_at))
    left = state.features.filter(of_month).join(told, on=["employee", "day"], how="anti")
    then = counting(state).filter(
        of_month
        & (pl.col("family") == UNEXPLAINED)
        & chosen()
        & (pl.col("counts_from") <= month.decided_at)
        & (pl.col("counts_until").is_null() | (pl.col("counts_until") > month.decided_at))
    )
    looks = then.select("employee", "day", "subject", searched().alias("searched")).unique()
    return Worked(
        left.join(places, on=["employee", "day"], how="left").sort("employee", "day"),
        looks.join(told, on=["employee", "day"], how="anti"),
    )


def looks_of(month: Worked, family: str) -> pl.DataFrame:
    """The unexplained looks that count in a rule of months."""
    return month.looks.filter("searched") if family == SEARCH else month.looks


def totals(month: Worked, family: str) -> pl.DataFrame:
    """Per employee: place (of the last day at work), days, opened (each day apart) and persons without explanation."""
    persons = looks_of(month, family).group_by("employee").agg(pl.col("subject").n_unique().alias("persons"))
    opened = month.days.group_by("employee", maintain_order=True).agg(
        *(pl.col(name).last() for name in PLACE),
        pl.len().cast(pl.Int64).alias("days"),
        pl.col(DAY_COLUMNS[family]).sum().alias("opened"),
    )
    return (
        opened.join(persons, on="employee", how="left", maintain_order="left")
        .with_columns(pl.col("persons").fill_null(0).cast(pl.Int64))
        .filter(pl.col("opened") > 0)
        .with_columns(pl.min_horizontal("persons", "opened"))
    )
