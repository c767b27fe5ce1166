"""Scored signals into families of signals: those of one employee at a person under the burst of all of them."""

from __future__ import annotations

import polars as pl

from services.detector.rules import BURST, UNEXPLAINED
from services.detector.score import ScoredRule


def with_parents(scored: list[ScoredRule], rows: pl.DataFrame) -> list[ScoredRule]:
    """Adds `parent_id`: the latest standing burst that the signal's employee is part of (null: none).

    `rows` are the contributions as of the moment of the signals.
    """
    parents = _parents(scored, rows)
    return [ScoredRule(part.rule, _under(part, parents)) for part in scored]


def _parents(scored: list[ScoredRule], rows: pl.DataFrame) -> pl.DataFrame:
    """Table (employee, about, parent_id)."""
    bursts = [part.signals for part in scored if part.rule.family == BURST]
    schema = {"employee": pl.Int64(), "about": pl.Int64(), "parent_id": pl.String()}
    if not bursts:
        return pl.DataFrame(schema=schema)
    standing = pl.concat(bursts).filter(~pl.col("withdrawn")).select("about", "window", "signal_id")
    viewers = rows.filter(pl.col("family") == BURST).select("about", "window", pl.col("viewer").alias("employee"))
    return (
        viewers.unique()
        .join(standing, on=["about", "window"])
        .sort("window")
        .unique(["employee", "about"], keep="last", maintain_order=True)
        .select("employee", "about", pl.col("signal_id").alias("parent_id"))
    )


def _under(part: ScoredRule, parents: pl.DataFrame) -> pl.DataFrame:
    if part.rule.family != UNEXPLAINED:
        return part.signals.with_columns(pl.lit(None, pl.String).alias("parent_id"))
    return part.signals.join(parents, on=["employee", "about"], how="left", maintain_order="left")
