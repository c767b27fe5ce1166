"""Judged lookups into the state of each at a moment: explained, pending, unexplained or conflict."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from services.core.contract import EXPLAINED, INSTANT
from services.detector.explain.base import FULL
from services.detector.rules import UNEXPLAINED

JUDGED = ["lookup_id", "subject", "family", "handler", "grace_end", "explained_at", "explanation", "strength"]
"""What the state of a lookup rests on."""


def states(judged: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    """Frame of EXPLAINED, a row per lookup. A case link makes a look into a special file a conflict, not a licence."""
    now = pl.lit(moment, INSTANT)
    known = pl.col("explained_at") <= now
    special = (pl.col("family") != UNEXPLAINED) & ~pl.col("handler") & pl.col("subject").is_not_null()
    state = (
        pl.when(known & special).then(pl.lit("conflict"))
        .when(known).then(pl.lit("explained"))
        .when((pl.col("grace_end") > now) & ~special).then(pl.lit("pending"))
        .otherwise(pl.lit("unexplained"))
    )  # fmt: skip
    return judged.with_columns(
        state.alias("state"),
        pl.when(known).then("explanation").alias("explanation"),
        pl.when(known).then((pl.col("strength") / FULL).round(3)).otherwise(0.0).alias("strength"),
    ).select(
        pl.col(name).cast(kind) if name != "explained" else (pl.col("state") == "explained").alias(name)
        for name, kind in EXPLAINED.schema.items()
    )
