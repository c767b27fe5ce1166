"""Signals into families of signals: what is part of a weightier story gets that signal as its parent."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from services.detector.group import as_of
from services.detector.rules import BURST, EXPORTS, UNEXPLAINED, VOLUME
from services.detector.settings import BurstSettings


def with_parents(
    signals: pl.DataFrame, everything: pl.DataFrame, moment: datetime, burst: BurstSettings
) -> pl.DataFrame:
    """Adds `parent_family` and `parent_window` (null: no parent).

    One employee's looks at a person belong to the latest standing burst that they are part of; a day's persons to the
    export that stands out on that day. A long watch, of class P, is a story of its own.
    `everything` are all windowed contributions.
    """
    parents = as_of(everything.filter(pl.col("family").is_in([BURST, EXPORTS])), moment, burst)
    standing = parents.filter(~pl.col("withdrawn"))
    bursts = (
        standing.filter(pl.col("family") == BURST)
        .select(pl.col("viewer").alias("employee"), "about", pl.col("window").alias("parent_window"))
        .group_by("employee", "about")
        .agg(pl.col("parent_window").max())
        .with_columns(pl.lit(UNEXPLAINED).alias("family"), pl.lit(BURST).alias("parent_family"))
    )
    exports = (
        standing.filter(pl.col("family") == EXPORTS)
        .select("employee", "window", pl.col("window").alias("export_window"))
        .unique()
        .with_columns(pl.lit(VOLUME).alias("family"))
    )
    told = signals.join(bursts, on=["family", "employee", "about"], how="left", maintain_order="left")
    told = told.join(exports, on=["family", "employee", "window"], how="left", maintain_order="left")
    of_burst = pl.when(~pl.col("long_watch"))
    of_export = pl.when(pl.col("export_window").is_not_null()).then(pl.lit(EXPORTS))
    return told.with_columns(
        pl.coalesce(of_burst.then("parent_family"), of_export).alias("parent_family"),
        pl.coalesce(of_burst.then("parent_window"), "export_window").alias("parent_window"),
    ).drop("export_window")
