"""The lines of an enumeration or a shared account into what is told of them: pace, places and devices."""

from __future__ import annotations

import polars as pl

from services.detector.rules import ENUMERATION, SHARED

MICROSECONDS_A_MINUTE = 60_000_000
FACTS = {
    "span_minutes": pl.Int64(),
    "shortest_pause": pl.Int64(),
    "usual_pause": pl.Int64(),
    "longest_pause": pl.Int64(),
    "workstations": pl.Int64(),
    "office_lines": pl.Int64(),
    "remote_lines": pl.Int64(),
}
"""Begun minutes from first to last, whole seconds between two persons (of a shared account: between two places)."""


def sequence_facts(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """A row per signal of these families: the columns of `key` and FACTS (null: says nothing of this family)."""
    empty = rows[key].clear().with_columns(pl.lit(None, kind).alias(name) for name, kind in FACTS.items())
    of_sequences = rows.filter(pl.col("family").is_in([ENUMERATION, SHARED]))
    if of_sequences.is_empty():
        return empty
    of_sequences = of_sequences.sort(*key, "at", "lookup_id")
    enumerated = of_sequences.filter(of_sequences["family"] == ENUMERATION)
    shared = of_sequences.filter(of_sequences["family"] == SHARED)
    return pl.concat([empty, _pace(enumerated, key), _places(shared, key)], how="diagonal")


def _pace(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    firsts = rows.unique([*key, "subject"], keep="first", maintain_order=True)
    pause = pl.col("at").diff().dt.total_seconds()
    span = pl.col("at").max() - pl.col("at").min()
    return firsts.group_by(key).agg(
        (span.dt.total_microseconds() / MICROSECONDS_A_MINUTE).ceil().clip(1).cast(pl.Int64).alias("span_minutes"),
        pause.min().alias("shortest_pause"),
        pause.quantile(0.5, "lower").cast(pl.Int64).alias("usual_pause"),
        pause.max().alias("longest_pause"),
    )


def _places(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    in_system = [*key, "day", "system"]
    elsewhere = pl.col("remote") != pl.col("remote").shift(1).over(in_system)
    pause = (pl.col("at") - pl.col("at").shift(1).over(in_system)).dt.total_seconds()
    return (
        rows.with_columns(pl.when(elsewhere).then(pause).alias("pause"))
        .group_by(key)
        .agg(
            pl.col("pause").min().alias("shortest_pause"),
            pl.col("workstation").n_unique().cast(pl.Int64).alias("workstations"),
            (~pl.col("remote")).sum().cast(pl.Int64).alias("office_lines"),
            pl.col("remote").sum().cast(pl.Int64).alias("remote_lines"),
        )
    )
