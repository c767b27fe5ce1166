"""Lookups from the future into dead letters: a source whose clock is wrong must not move the watermark."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import polars as pl

from services.detector.decode import DEAD, Place

FUTURE = timedelta(minutes=5)
"""A lookup this far ahead of the moment at which it was received is a fault of its source."""


def without_future(
    lookups: pl.DataFrame, now: datetime, place: Place, received: pl.Series | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The lookups (LOOKUP schema) that were over when they came, and dead letters (DEAD schema) for the others.

    Each is judged against the moment at which the broker received it, so that who reads it again, whenever, finds the
    same; where that is not known (null, or no series), against the moment of reading. `place` tells where the lookup
    of a row stood.
    """
    latest = (pl.lit(now) if received is None else pl.lit(received).fill_null(now)) + FUTURE
    early = lookups.select(pl.col("occurred_at") > latest).to_series()
    future = lookups.filter(early)
    if future.is_empty():
        return lookups, pl.DataFrame(schema=DEAD)
    rows = [msgspec.json.encode(row) for row in future.iter_rows(named=True)]
    reason = "field occurred_at: lies in the future; check the clock and the time zone of the source system"
    letters = future.select(
        pl.lit("lookup").alias("record"),
        pl.Series("position", [place(row) for row in early.arg_true()], pl.String),
        pl.concat_list(pl.lit(reason)).alias("reasons"),
        pl.concat_list(pl.lit("future-time")).alias("codes"),
        pl.Series("raw", rows, pl.Binary),
    ).select(pl.col(name).cast(kind) for name, kind in DEAD.items())
    return lookups.filter(~early), letters
