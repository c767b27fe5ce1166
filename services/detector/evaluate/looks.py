"""What the run made of single lookups, into the shares that were explained."""

from __future__ import annotations

import polars as pl

from services.detector.evaluate.figures import Share
from services.detector.evaluate.inputs import Truth

STRANGER_KINDS = (
    "volume_20",
    "volume_50",
    "slow_drip",
    "acquaintance_once",
    "acquaintance_repeated",
    "false_case_claim",
    "offhours_remote",
    "bulk_export",
)
"""Misuse whose subjects have no bond with the looker's work: what explains these explains too much."""
NO_PERSON = "no-person"
"""Explanation of a lookup that showed nobody; counting these would flatter the explained share."""


def lawful_looks(truth: Truth, explained: pl.DataFrame) -> pl.DataFrame:
    """Lookups that are no misuse and showed a person."""
    blind = explained.filter(pl.col("explanation") == NO_PERSON)
    lawful = truth.lookups.join(truth.misuse, on="lookup_id", how="anti")
    return lawful.join(blind, on="lookup_id", how="anti")


def looks_at_strangers(truth: Truth) -> pl.DataFrame:
    """Misuse lookups that showed a person with whom the looker's work has no bond."""
    return truth.misuse.filter(pl.col("scenario_kind").is_in(STRANGER_KINDS), pl.col("bsn").is_not_null())


def explained_share(lookups: pl.DataFrame, explained: pl.DataFrame) -> Share:
    """How many of the lookups were explained; a lookup without a row was not."""
    return Share(lookups.height - unexplained(lookups, explained).len(), lookups.height)


def unexplained(lookups: pl.DataFrame, explained: pl.DataFrame) -> pl.Series:
    """Ids of those lookups that were not explained."""
    return lookups.join(explained.filter("explained"), on="lookup_id", how="anti")["lookup_id"]
