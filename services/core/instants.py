"""Moments into literals of the instants that frames hold."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

import polars as pl

from services.core.contract import INSTANT


@lru_cache(maxsize=64)
def instant_of(moment: datetime) -> pl.Expr:
    """A literal of INSTANT. A step asks for few moments, often, and to make one costs as much as several filters."""
    return pl.lit(moment, INSTANT)


def span_of(moments: pl.Series) -> tuple[datetime, datetime] | None:
    """The least and the greatest of some moments; null where there are none."""
    first, last = moments.min(), moments.max()
    return (first, last) if isinstance(first, datetime) and isinstance(last, datetime) else None
