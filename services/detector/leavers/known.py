"""Periods of employment into their ends: who leaves, when, and since when that is known."""

from __future__ import annotations

import polars as pl

BACK_WITHIN_DAYS = 31
"""Who is employed again within a month has not left."""


def ends_of_employment(periods: pl.DataFrame, registered: pl.DataFrame) -> pl.DataFrame:
    """Table (employee, left_at, known_from): the ends of periods that no other follows within a month.

    `periods` do not overlap; `registered` are the rows with an end as they were registered: the first of them that
    says so tells since when an end is known.
    """
    follows = pl.col("valid_from").shift(-1).over("employee", order_by="valid_from")
    back_by = pl.col("valid_to") + pl.duration(days=BACK_WITHIN_DAYS)
    gone = pl.col("next_from").is_null() | (pl.col("next_from") > back_by)
    ends = periods.with_columns(follows.alias("next_from")).filter(pl.col("valid_to").is_not_null() & gone)
    told = registered.group_by("employee", "valid_to").agg(pl.col("known_from").min().alias("told_from"))
    return (
        ends.join(told, on=["employee", "valid_to"], how="left")
        .select(
            "employee",
            pl.col("valid_to").alias("left_at"),
            pl.coalesce("told_from", "known_from").alias("known_from"),
        )
        .unique()
        .sort("employee", "left_at")
    )
