"""One employee's unexplained looks at one person into long watches: from when they lay in so many months."""

from __future__ import annotations

import polars as pl

from services.detector.group import KEY
from services.detector.rules import UNEXPLAINED
from services.detector.thresholds import PairSettings

MONTH = pl.col("day").dt.year().cast(pl.Int32) * 12 + pl.col("day").dt.month().cast(pl.Int32)
"""Number of the local month."""
WHOSE = ["employee_sid", "subject_sid"]


def watches(rows: pl.DataFrame, settings: PairSettings) -> pl.DataFrame:
    """Table (KEY, employee_sid, subject_sid, watched_from) of the pairs that were a long watch at some moment.

    `rows` are windowed contributions with counts_from and counts_until; `watched_from` is the first moment at which
    those that counted lay in enough different months, near enough to each other.
    """
    months = rows.filter(pl.col("family") == UNEXPLAINED).select(
        *KEY, *WHOSE, MONTH.alias("month"), "counts_from", "counts_until"
    )
    enough = pl.col("month").n_unique().over("employee", "about") >= settings.watch_months
    months = months.filter(enough).unique()
    begins = months.select(*KEY, pl.col("counts_from").alias("moment")).unique()
    counting = months.join(begins, on=KEY, nulls_equal=True).filter(
        (pl.col("counts_from") <= pl.col("moment"))
        & (pl.col("counts_until").is_null() | (pl.col("counts_until") > pl.col("moment")))
    )
    each = counting.select(*KEY, *WHOSE, "moment", "month").unique().sort("month")
    span = pl.col("month") - pl.col("month").shift(settings.watch_months - 1).over("employee", "about", "moment")
    near = each.filter(span < settings.watch_span_months)
    return near.group_by(*KEY, *WHOSE).agg(pl.col("moment").min().alias("watched_from"))
