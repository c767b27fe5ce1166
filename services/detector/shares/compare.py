"""Months that stand out into the numbers beside which a person sees them: each day at work of that month."""

from __future__ import annotations

import polars as pl

from services.core.contract import COMPARISON
from services.detector.shares.counts import DAY_COLUMNS, PLACE, Worked, looks_of
from services.detector.volume.compare import DECIMALS, peer_means


def with_comparison(found: pl.DataFrame, month: Worked, family: str) -> pl.DataFrame:
    """Adds `comparison`: persons without explanation of each day, beside the peers' share of what was opened that day.

    `found` holds employee and share; `peers` is the mean of the others at work in the same place that day.
    """
    if found.is_empty():
        return found.with_columns(pl.lit(None, pl.List(COMPARISON)).alias("comparison"))
    persons = looks_of(month, family).group_by("employee", "day").agg(pl.col("subject").n_unique().alias("own"))
    daily = month.days.join(persons, on=["employee", "day"], how="left").with_columns(
        pl.col("own").fill_null(0).cast(pl.Int64)
    )
    told = (
        peer_means(daily, "own", PLACE)
        .join(found.select("employee", "share"), on="employee")
        .with_columns((pl.col("share") * pl.col(DAY_COLUMNS[family])).alias("expected"))
        .with_columns(pl.col("expected", "peers").cast(pl.Float64).round(DECIMALS))
        .sort("employee", "day")
        .group_by("employee", maintain_order=True)
        .agg(pl.struct(field.name for field in COMPARISON.fields).cast(COMPARISON).alias("comparison"))
    )
    return found.join(told, on="employee", how="left", maintain_order="left")
