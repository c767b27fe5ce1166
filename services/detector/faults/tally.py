"""Lookups as they come and go into counts per system and local day, whatever their order."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from services.detector.state.schemas import LOOKED, SYSTEM_DAYS
from services.detector.state.tables import State, bucket_of

COUNTS = ("records", "lookups", "actors_missing", "future")
SYSTEM_DAY = ["system", "day"]
DESK_DAY = [*SYSTEM_DAY, "employee"]


def tally(state: State, came: pl.DataFrame, went: pl.DataFrame, rejected: pl.DataFrame) -> State:
    """The state with lookups that are new, without those that were taken back, and with rejected records (REJECTED).

    Counts are sums, so that neither the order of arrival nor a correction matters.
    """
    if came.is_empty() and went.is_empty() and rejected.is_empty():
        return state
    moved = pl.concat([_moved(came, 1), _moved(went, -1)]) if went.height else _moved(came, 1)
    return replace(state, system_days=_system_days(state, moved, rejected), looked=_looked(state, moved))


def _moved(lookups: pl.DataFrame, sign: int) -> pl.DataFrame:
    showed = pl.col("subject").is_not_null().cast(pl.Int64)
    return lookups.select(*DESK_DAY, pl.lit(sign, pl.Int64).alias("records"), (sign * showed).alias("lookups"))


def _system_days(state: State, moved: pl.DataFrame, rejected: pl.DataFrame) -> pl.DataFrame:
    """Sums per system and day; what was decided of a day stays until it is decided anew."""
    changes = pl.concat([state.system_days, moved[["system", "day", "records", "lookups"]], rejected], how="diagonal")
    return (
        changes.group_by(SYSTEM_DAY)
        .agg(pl.col(COUNTS).sum(), pl.col("unexplained").max(), bucket_of(pl.col("day").first()))
        .filter(pl.any_horizontal(pl.col(COUNTS) > 0))[list(SYSTEM_DAYS)]
        .sort("day", "system")
    )


def _looked(state: State, moved: pl.DataFrame) -> pl.DataFrame:
    """Sums per system, day and employee; days that nothing moved are left as they are."""
    concerned = state.looked["day"].is_in(moved["day"].unique().implode())
    touched = pl.concat([state.looked.filter(concerned), moved], how="diagonal")
    summed = touched.group_by(DESK_DAY).agg(pl.col("lookups").sum(), bucket_of(pl.col("day").first()))
    kept = state.looked.filter(~concerned)
    return pl.concat([kept, summed.filter(summed["lookups"] > 0)[list(LOOKED)]])
