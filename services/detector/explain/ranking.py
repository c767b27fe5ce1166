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


class Ranking:
    """Some explanations, the first before the next; their expressions are built once."""

    def __init__(self, explanations: Sequence[Explanation]) -> None:
        places = [pl.when(each.applies).then(_place(each, place)) for place, each in enumerate(explanations)]
        delay = (pl.col("known_at") - pl.col("at")).dt.total_microseconds().clip(0, LONGEST_DELAY)
        code = pl.col("rank") % DELAY_UNIT
        names = {place: explanation.id for place, explanation in enumerate(explanations)}
        self._ranked = (pl.col("row"), pl.col("at"), (delay * DELAY_UNIT + pl.min_horizontal(places)).alias("rank"))
        self._least = (pl.col("rank").min(), pl.col("at").first())
        self._told = (
            pl.col("row"),
            (pl.col("at") + pl.duration(microseconds=pl.col("rank") // DELAY_UNIT)).alias("explained_at"),
            (code % PLACES).replace_strict(names, return_dtype=pl.String).alias("explanation"),
            (FULL - code // PLACES).cast(pl.Int32).alias("strength"),
        )

    def best(self, candidates: pl.DataFrame) -> pl.DataFrame:
        """Per `row` the best explanation that applies, as row, explained_at, explanation and strength.

        `candidates` have row, at and known_at (null: can never explain) beside the columns that `applies` is about;
        rows without an explanation are absent from the answer.
        """
        ranked = candidates.select(self._ranked)
        ranked = ranked.filter(ranked["rank"].is_not_null())
        return ranked.group_by("row").agg(self._least).select(self._told)


def _place(explanation: Explanation, place: int) -> pl.Expr:
    """What the rank of a candidate adds to its delay."""
    return (FULL - explanation.strength.cast(pl.Int64)) * PLACES + place
