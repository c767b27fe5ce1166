"""Lookups and lookups near them: pairs of the same viewer or the same person within some minutes."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from services.core.contract import INSTANT


def pairs(one: pl.DataFrame, other: pl.DataFrame, key: str, within: timedelta) -> pl.DataFrame:
    """Rows of both frames with an equal key and `at` at most so far apart; the other's columns end in `_near`.

    Time is cut into slots as wide as the reach, so a row meets only the rows of three slots. `one` should be the
    smaller frame: of the other only what lies in its span, and as far around it, is looked at more than once.
    """
    wide = int(within / timedelta(microseconds=1))
    slot = pl.col("at").dt.epoch("us") // wide
    left = one.drop_nulls(key)
    first, last = (pl.lit(moment, INSTANT) for moment in (left["at"].min(), left["at"].max()))
    other = other.filter(pl.col("at").is_between(first - within, last + within))
    reaching = pl.concat([left.with_columns((slot + step).alias("slot")) for step in (-1, 0, 1)])
    met = reaching.join(other.with_columns(slot.alias("slot")), on=[key, "slot"], suffix="_near").drop("slot")
    return met.filter((pl.col("at") - pl.col("at_near")).abs() <= within)
