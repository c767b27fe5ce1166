"""Candidate reasons into one per lookup: the earliest known, then the strongest, then the first of the registry."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from services.detector.explain.base import FULL, Explanation

PLACES = 16
DELAY_UNIT = 1_024 * PLACES
"""Rank of a candidate = microseconds until it was known x 16,384 + weakness x 16 + place in the registry.

Weakness is below 1,024, so one integer minimum decides.
"""
LONGEST_DELAY = (2**63 - 1) // DELAY_UNIT - 1
"""About 17 years, in microseconds: later registrations count as this late."""


def best(candidates: pl.DataFrame, explanations: Sequence[Explanation]) -> pl.DataFrame:
    """Per `row` the best explanation that applies, as row, explained_at, explanation and strength.

    `candidates` have row, at and known_at (null: can never explain) beside the columns that `applies` is about; rows
    without an explanation are absent from the answer.
    """
    ranks = [pl.when(each.applies).then(_rank(each, place)) for place, each in enumerate(explanations)]
    least = (
        candidates.lazy().drop_nulls("known_at").select("row", "at", pl.min_horizontal(ranks).alias("rank"))
        .drop_nulls("rank").group_by("row").agg(pl.col("rank").min(), pl.col("at").first()).collect()
    )  # fmt: skip
    code = pl.col("rank") % DELAY_UNIT
    names = {place: explanation.id for place, explanation in enumerate(explanations)}
    return least.select(
        "row",
        (pl.col("at") + pl.duration(microseconds=pl.col("rank") // DELAY_UNIT)).alias("explained_at"),
        (code % PLACES).replace_strict(names, return_dtype=pl.String).alias("explanation"),
        (FULL - code // PLACES).cast(pl.Int32).alias("strength"),
    )


def _rank(explanation: Explanation, place: int) -> pl.Expr:
    delay = (pl.col("known_at") - pl.col("at")).dt.total_microseconds().clip(0, LONGEST_DELAY)
    weakness = FULL - explanation.strength.cast(pl.Int64)
    return delay * DELAY_UNIT + weakness * PLACES + place
