"""Looks and contributions of a day into its features, as they were known when the day was decided."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from services.core.calendar import AgencyCalendar
from services.detector.state.schemas import FEATURES
from services.detector.state.tables import bucket_of


def decision_times(days: pl.Series, calendar: AgencyCalendar, grace_working_days: int) -> pl.DataFrame:
    """Table (day, decided_at): the end of the n-th working day after the day, when every grace is over."""
    table = calendar.working_days_after(days.drop_nulls().to_list(), grace_working_days)
    return table.select("day", calendar.instant(pl.col("graced") + pl.duration(days=1)).alias("decided_at"))


def any_due(days: pl.Series, calendar: AgencyCalendar, grace_working_days: int, watermark: datetime | None) -> bool:
    """Whether the decision time of any of these days has come: no later day is decided sooner."""
    first = days.min()
    if watermark is None or not isinstance(first, date):
        return False
    return calendar.working_day_after(first, grace_working_days) < calendar.date_of(watermark)


def due(table: pl.DataFrame, watermark: datetime | None) -> pl.DataFrame:
    """The rows whose time has come."""
    return table.filter(table["decided_at"] <= watermark) if watermark else table.clear()


def day_features(workdays: pl.DataFrame, unexplained: pl.DataFrame, times: pl.DataFrame) -> pl.DataFrame:
    """Frame of FEATURES for the employee-days in `workdays`.

    `unexplained` are contributions of the unexplained family; a person counts if at least one lookup was unexplained
    at the decision.
    """
    workload = workdays.group_by("employee", "day").agg(
        pl.col("subject").drop_nulls().n_unique().alias("workload"),
        pl.col("subject").filter("searched").drop_nulls().n_unique().alias("searched"),
    )
    then = unexplained.join(times, on="day").filter(
        (pl.col("counts_from") <= pl.col("decided_at"))
        & (pl.col("counts_until").is_null() | (pl.col("counts_until") > pl.col("decided_at")))
    )
    counted = then.group_by("employee", "day").agg(pl.col("subject").n_unique().alias("unexplained"))
    return (
        workload.join(counted, on=["employee", "day"], how="left")
        .with_columns(pl.col("unexplained").fill_null(0).cast(pl.Int64), pl.col("workload", "searched").cast(pl.Int64))
        .with_columns(bucket_of(pl.col("day")))
        .select(list(FEATURES))
        .sort("day", "employee")
    )
