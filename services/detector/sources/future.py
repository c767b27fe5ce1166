"""Lookups from the future into dead letters: a source whose clock is wrong must not move the watermark."""

from __future__ import annotations

from datetime import datetime

import msgspec
import polars as pl

from services.detector.decode import DEAD


def without_future(lookups: pl.DataFrame, latest: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The lookups (LOOKUP schema) up to a moment, and dead letters (DEAD schema) for those after it."""
    future = lookups.filter(pl.col("occurred_at") > latest)
    if future.is_empty():
        return lookups, pl.DataFrame(schema=DEAD)
    rows = [msgspec.json.encode(row) for row in future.iter_rows(named=True)]
    reason = "field occurred_at: lies in the future; check the clock and the time zone of the source system"
    letters = future.select(
        pl.lit("lookup").alias("record"),
        pl.format("lookup {}", "lookup_id").alias("position"),
        pl.concat_list(pl.lit(reason)).alias("reasons"),
        pl.concat_list(pl.lit("future-time")).alias("codes"),
        pl.Series("raw", rows, pl.Binary),
    ).select(pl.col(name).cast(kind) for name, kind in DEAD.items())
    return lookups.filter(pl.col("occurred_at") <= latest), letters
