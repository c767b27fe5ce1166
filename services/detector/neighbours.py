"""Lookups and lookups near them: pairs of the same viewer or the same person within some minutes."""

from __future__ import annotations

from datetime import timedelta

import polars as pl


def pairs(one: pl.DataFrame, other: pl.DataFrame, key: str, within: timedelta) -> pl.DataFrame:
    """Rows of both frames with an equal key and `at` at most so far apart; the other's columns end in `_near`.

    Time is cut into slots as wide as the reach, so a row meets only the rows of three slots.
    """
    wide = int(within / timedelta(microseconds=1))
    slot = pl.col("at").dt.epoch("us") // wide
    left = one.drop_nulls(key).with_columns(slot.alias("slot"))
    right = other.join(left.select(key).unique(), on=key, how="semi")
    reached = pl.concat([right.with_columns((slot + step).alias("slot")) for step in (-1, 0, 1)])
    met = left.join(reached, on=[key, "slot"], suffix="_near").drop("slot")
    return met.filter((pl.col("at") - pl.col("at_near")).abs() <= within)
