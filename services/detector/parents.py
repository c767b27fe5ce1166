"""Signals into families of signals: what is part of a weightier story gets that signal as its parent."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from services.detector.group import as_of
from services.detector.rules import BURST, EXPORTS, LEAVER, OF_MONTHS, PEERS, SEARCH, SHARE, UNEXPLAINED, VOLUME
from services.detector.settings import BurstSettings


def with_parents(
    signals: pl.DataFrame, everything: pl.DataFrame, moment: datetime, burst: BurstSettings
) -> pl.DataFrame:
    """Adds `parent_family` and `parent_window` (null: no parent).

    One employee's looks at a person belong to the latest standing burst that they are part of; a day's persons to the
    export that stands out on that day; what stands out within somebody's last days of employment to these; a month's
    searches to the month's share. `everything` are all windowed contributions.
    """
    parents = as_of(everything.filter(pl.col("family").is_in([BURST, EXPORTS, LEAVER, SHARE])), moment, burst)
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
    of_export = pl.when(pl.col("export_window").is_not_null()).then(pl.lit(EXPORTS))
    told = told.join(_around(signals, standing), on=["family", "employee", "window"], how="left", maintain_order="left")
    return told.with_columns(
        pl.coalesce("parent_family", of_export, "around").alias("parent_family"),
        pl.coalesce("parent_window", "export_window", "around_window").alias("parent_window"),
    ).drop("export_window", "around", "around_window")


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
