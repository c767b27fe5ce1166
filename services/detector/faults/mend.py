"""Explanations that became known later into the moment at which a faulty day was mended."""

from __future__ import annotations

import polars as pl

from services.detector.faults.shares import known_then
from services.detector.faults.tally import SYSTEM_DAY


def with_mend(faulty: pl.DataFrame, unexplained: pl.DataFrame) -> pl.DataFrame:
    """Adds mended_at (null: not yet) and affected, the unexplained lookups at the decision.

    Shape of `faulty`: system, day, decided_at, allowed. A day is mended by the explanation that leaves no more than
    `allowed` lookups without one: of n that ended in order of time, the one in place n - allowed.
    """
    then = known_then(unexplained, faulty).join(faulty.select(*SYSTEM_DAY, "allowed"), on=SYSTEM_DAY)
    mends = (
        then.sort("counts_until", nulls_last=True)
        .group_by(SYSTEM_DAY, maintain_order=True)
        .agg(
            pl.col("counts_until").get(pl.len().cast(pl.Int64) - pl.col("allowed").first() - 1).alias("mended_at"),
            pl.len().cast(pl.Int64).alias("affected"),
        )
    )
    return faulty.join(mends, on=SYSTEM_DAY, how="left", maintain_order="left")
