"""A slice of lookups into those that are new: duplicates fall out, replaced content is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from services.detector.state.tables import RECENT, State, bucket_of


@dataclass(frozen=True)
class Admitted:
    """What a slice brought."""

    lookups: pl.DataFrame
    """New lookups, to be judged (LOOKUPS schema)."""
    replaced: pl.DataFrame
    """Earlier lookups whose content lost, as lookup_id, content, employee and day: they are taken back."""
    recent: pl.DataFrame
    duplicates: int
    conflicts: pl.DataFrame
    """Rows of lookups whose id came with other content that won: for the dead letters."""


def admit(lookups: pl.DataFrame, state: State, horizon: timedelta, lag: timedelta) -> Admitted:
    """Leaves one row per lookup_id: of several contents the one with the smallest hash, whatever came first.

    Ids older than the horizon before the watermark are looked up in the archive, younger ones are remembered; `lag` is
    how far the watermark may be behind the latest event.
    """
    known = pl.concat([state.recent.drop("bucket"), _archived(lookups, state, horizon)])
    best, losers = _one_each(lookups)
    before = known.select("lookup_id", pl.col("content").alias("known"))
    compared = best.hstack(
        best.select("lookup_id").join(before, on="lookup_id", how="left", maintain_order="left")[["known"]]
    )
    fresh = compared.filter(pl.col("known").is_null() | (pl.col("content") < pl.col("known")))
    beaten = compared.filter(pl.col("content") > pl.col("known"))
    replaced = known.join(fresh, on="lookup_id", how="semi").select("lookup_id", "content", "employee", "day")
    conflicts = pl.concat([losers.select(lookups.columns), beaten.select(lookups.columns)]).unique(
        ["lookup_id", "content"]
    )
    admitted = fresh.select(lookups.columns)
    return Admitted(
        lookups=admitted,
        replaced=replaced,
        recent=_remembered(state, admitted, horizon + lag),
        duplicates=lookups.height - admitted.height - conflicts.height,
        conflicts=conflicts,
    )


def _one_each(lookups: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row per id within the slice, and the rows with other content that lost."""
    doubled = pl.col("lookup_id").hash().is_duplicated()  # integers compare faster; a collision only costs time
    repeated = lookups.filter(doubled).sort("lookup_id", "content")
    best = repeated.unique("lookup_id", keep="first", maintain_order=True)
    kept = best.select("lookup_id", pl.col("content").alias("kept"))
    losers = repeated.join(kept, on="lookup_id").filter(pl.col("content") != pl.col("kept")).drop("kept")
    return pl.concat([lookups.filter(~doubled), best]), losers


def _archived(lookups: pl.DataFrame, state: State, horizon: timedelta) -> pl.DataFrame:
    """Ids of the archive for lookups too old to be remembered otherwise."""
    schema = {name: kind for name, kind in RECENT.items() if name != "bucket"}
    if state.progress.watermark is None:
        return pl.DataFrame(schema=schema)
    old = lookups.filter(pl.col("at") < state.progress.watermark - horizon)
    if old.is_empty():
        return pl.DataFrame(schema=schema)
    known = state.earlier(old["employee"].unique(), pl.Series([], dtype=pl.Int64)).select(list(schema))
    return known.join(state.recent, on="lookup_id", how="anti")


def _remembered(state: State, admitted: pl.DataFrame, span: timedelta) -> pl.DataFrame:
    """The ids to remember: those within the span before the latest event."""
    new = admitted.with_columns(bucket_of(pl.col("day"))).select(list(RECENT))
    latest = max((at for at in (state.recent["at"].max(), new["at"].max()) if isinstance(at, datetime)), default=None)
    if latest is None:
        return state.recent
    young = pl.col("at") >= latest - span
    kept = state.recent.filter(young).join(new, on="lookup_id", how="anti")
    return pl.concat([kept, new.filter(young)])
