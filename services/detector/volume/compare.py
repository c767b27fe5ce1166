"""Days that stand out into the numbers beside which a person sees them: four weeks of own days, what was to be
expected, and what others in the same place did.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from services.core.contract import COMPARISON
from services.detector.thresholds import VolumeSettings
from services.detector.volume.decide import expectations

SPAN_DAYS = 28
DECIMALS = 3


def with_comparison(found: pl.DataFrame, daily: pl.DataFrame, days: int = 1) -> pl.DataFrame:
    """Adds `comparison` to rows with employee and day, of which each covers so many local days from `day` on.

    `daily` has a row per employee and day at work: own (integer), expected and peers.
    """
    numbered = found.with_row_index("place")
    last = pl.col("until") + pl.lit(timedelta(days=days - 1))
    told = (
        numbered.select("place", "employee", pl.col("day").alias("until"))
        .join(daily, on="employee")
        .filter((pl.col("day") <= last) & (pl.col("day") > last - pl.lit(timedelta(days=SPAN_DAYS))))
        .sort("place", "day")
        .with_columns(pl.col("expected", "peers").cast(pl.Float64).round(DECIMALS))
        .group_by("place", maintain_order=True)
        .agg(pl.struct(field.name for field in COMPARISON.fields).cast(COMPARISON).alias("comparison"))
    )
    return numbered.join(told, on="place", how="left", maintain_order="left").drop("place")


def peer_means(attendance: pl.DataFrame, column: str, place: list[str]) -> pl.DataFrame:
    """Adds `peers`: the mean of a column over the others at work in the same place on the same day.

    Where nobody else of the place was, over the others of the whole agency; 0 where nobody else was at all.
    """
    in_place, anywhere = (_mean_of_others(column, keys) for keys in (["day", *place], ["day"]))
    return attendance.with_columns(pl.coalesce(in_place, anywhere, pl.lit(0.0)).alias("peers"))


def _mean_of_others(column: str, keys: list[str]) -> pl.Expr:
    others = pl.len().over(keys) - 1
    return pl.when(others > 0).then((pl.col(column).sum().over(keys) - pl.col(column)) / others)


def compared_with_own(
    found: pl.DataFrame, features: pl.DataFrame, attendance: pl.DataFrame, settings: VolumeSettings, days: int = 1
) -> pl.DataFrame:
    """Adds `comparison` to days that stand out in persons without explanation, each beside the own expectation.

    The frames must hold everybody's days of the comparison and of the history before it.
    """
    if found.is_empty():
        return found.with_columns(pl.lit(None, pl.List(COMPARISON)).alias("comparison"))
    span = timedelta(days=SPAN_DAYS)
    recent = features.filter(pl.col("day") > pl.lit(found["day"].min()) - pl.lit(span))
    window = pl.lit(timedelta(days=settings.window_days))
    history = features.filter(pl.col("day") > pl.lit(found["day"].min()) - pl.lit(span) - window)
    places = attendance.select("employee", "day", "role", "department")
    peers = peer_means(recent.join(places, on=["employee", "day"]), "unexplained", ["role", "department"])
    expected = expectations(history, found["employee"].unique(), settings)
    daily = expected.join(peers, on=["employee", "day"]).select(
        "employee", "day", "peers", pl.col("unexplained").alias("own"), pl.col("mean").alias("expected")
    )
    return with_comparison(found, daily, days)
