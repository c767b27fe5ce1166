"""Judged lookups into the state of each at a moment: explained, pending, unexplained or conflict."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from services.core.contract import EXPLAINED, INSTANT, Schema
from services.detector.contribute import ABORTED
from services.detector.explain.base import FULL
from services.detector.rules import BESIDES, FAMILIES, NOT_ASSIGNED, ORDINARY

JUDGED: Schema = {
    "lookup_id": pl.String(),
    "subject": pl.Int64(),
    "family": pl.String(),
    "handler": pl.Boolean(),
    "grace_end": INSTANT,
    "explained_at": INSTANT,
    "explanation": pl.String(),
    "strength": pl.Int32(),
}
"""What the state of a lookup rests on."""


def states(judged: pl.DataFrame, contributions: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    """Frame of EXPLAINED, a row per lookup. A case link makes a look into a special file a conflict, not a licence.

    `contributions` tell what happened around: an excuse holds whoever's file it was.
    """
    now = pl.lit(moment, INSTANT)
    return _states(_with_excuses(judged, contributions), now)


def _with_excuses(judged: pl.DataFrame, contributions: pl.DataFrame) -> pl.DataFrame:
    """The judged lookups with `excused`; the earlier of excuse and link is the explanation."""
    weightiest = pl.col("family").replace_strict({name: place for place, name in enumerate(FAMILIES)})
    excuses = (
        contributions.filter(~pl.col("family").is_in(BESIDES))
        .with_columns(weightiest.alias("weight"))
        .sort("weight")
        .unique("lookup_id", keep="first", maintain_order=True)
        .filter(pl.col("excused_at").is_not_null() & (pl.col("explanation") == pl.col("excuse")))
        .select("lookup_id", "excused_at", "excuse", "excuse_strength")
    )
    both = judged.join(excuses, on="lookup_id", how="left", maintain_order="left")
    excused = pl.col("excused_at").is_not_null()
    return both.with_columns(
        excused.alias("excused"),
        pl.when(excused).then("excused_at").otherwise("explained_at").alias("explained_at"),
        pl.when(excused).then("excuse").otherwise("explanation").alias("explanation"),
        pl.when(excused).then("excuse_strength").otherwise("strength").alias("strength"),
    )


def _states(judged: pl.DataFrame, now: pl.Expr) -> pl.DataFrame:
    known = pl.col("explained_at") <= now
    special = (
        ~pl.col("family").is_in([*ORDINARY, NOT_ASSIGNED])
        & ~pl.col("handler")
        & ~pl.col("excused")
        & pl.col("subject").is_not_null()
    ) & pl.col("explanation").ne_missing(ABORTED)
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
