"""Signals into families of signals: what is part of a weightier story gets that signal as its parent."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from services.detector.group import as_of
from services.detector.rules import (
    BURST,
    ENUMERATION,
    EXPORTS,
    LEAVER,
    OF_MONTHS,
    PEERS,
    SEARCH,
    SHARE,
    UNEXPLAINED,
    VOLUME,
)
from services.detector.thresholds import BurstSettings

WEIGHTIER = (EXPORTS, ENUMERATION)
"""What a day's persons may be part of, weightiest first."""


def with_parents(
    signals: pl.DataFrame, everything: pl.DataFrame, moment: datetime, burst: BurstSettings
) -> pl.DataFrame:
    """Adds `parent_family` and `parent_window` (null: no parent).

    One employee's looks at a person belong to the latest standing burst that they are part of; a day's persons to the
    export, or else the enumeration, that stands out on that day; what stands out within somebody's last days of
    employment to these; a month's searches to the month's share. A long watch, of class P, is a story of its own.
    `everything` are all windowed contributions.
    """
    wanted = [BURST, *WEIGHTIER, LEAVER, SHARE]
    parents = as_of(everything.filter(pl.col("family").is_in(wanted)), moment, burst)
    standing = parents.filter(~pl.col("withdrawn"))
    bursts = (
        standing.filter(pl.col("family") == BURST)
        .select(pl.col("viewer").alias("employee"), "about", pl.col("window").alias("parent_window"))
        .group_by("employee", "about")
        .agg(pl.col("parent_window").max())
        .with_columns(pl.lit(UNEXPLAINED).alias("family"), pl.lit(BURST).alias("parent_family"))
    )
    crowded = (
        standing.filter(pl.col("family").is_in(WEIGHTIER))
        .select("employee", "window", pl.col("family").alias("day_family"))
        .sort(pl.col("day_family") != EXPORTS)
        .unique(["employee", "window"], keep="first", maintain_order=True)
        .with_columns(pl.lit(VOLUME).alias("family"))
    )
    told = signals.join(bursts, on=["family", "employee", "about"], how="left", maintain_order="left")
    told = told.join(crowded, on=["family", "employee", "window"], how="left", maintain_order="left")
    told = told.join(_around(signals, standing), on=["family", "employee", "window"], how="left", maintain_order="left")
    of_burst = pl.when(~pl.col("long_watch"))
    day = pl.when(pl.col("day_family").is_not_null()).then("window")
    return told.with_columns(
        pl.coalesce(of_burst.then("parent_family"), "day_family", "around").alias("parent_family"),
        pl.coalesce(of_burst.then("parent_window"), day, "around_window").alias("parent_window"),
    ).drop("day_family", "around", "around_window")


def _around(signals: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    """Table (family, employee, window, around, around_window): the standing signal whose part another one is."""
    key = ["family", "employee", "window"]
    leaving = standing.filter(pl.col("family") == LEAVER).select(
        "employee", pl.col("window").alias("around_window"), pl.col("since").alias("around_since"),
        pl.lit(LEAVER).alias("around"),
    ).unique()  # fmt: skip
    inner = signals.filter(pl.col("family").is_in([VOLUME, PEERS, *OF_MONTHS])).select(*key, "since")
    within = inner.join(leaving, on="employee").filter(
        (pl.col("since") >= pl.col("around_since")) & (pl.col("window") <= pl.col("around_window"))
    )
    months = standing.filter(pl.col("family") == SHARE).select(
        pl.lit(SEARCH).alias("family"), "employee", "window",
        pl.lit(SHARE).alias("around"), pl.col("window").alias("around_window"),
    ).unique()  # fmt: skip
    columns = [*key, "around", "around_window"]
    both = pl.concat([within.sort("around_window").select(columns), months.select(columns)])
    return both.unique(key, keep="first", maintain_order=True)
