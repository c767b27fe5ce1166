"""A slice of lookups into those that are new: duplicates fall out, replaced content is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from services.core.archive import Wanted
from services.detector.state.schemas import RECENT
from services.detector.state.tables import State, bucket_of, latest_of

KNOWN = ["lookup_id", "content", "at", "employee", "subject", "system", "day"]
"""What is known of an earlier lookup without its record."""


@dataclass(frozen=True)
class Admitted:
    """What a slice brought."""

    lookups: pl.DataFrame
    """New lookups, to be judged (LOOKUPS schema)."""
    replaced: pl.DataFrame
    """Earlier lookups whose content lost (KNOWN columns): they are taken back."""
    duplicates: int
    conflicts: pl.DataFrame
    """Rows of lookups whose id came with other content that won: for the dead letters."""


def admit(lookups: pl.DataFrame, state: State, horizon: timedelta) -> Admitted:
    """Leaves one row per lookup_id: of several contents the one with the smallest hash, whatever came first.

    Ids older than the horizon before the watermark are looked up in the archive, younger ones are remembered.
    """
    # few are in both: a join with all that is remembered takes long
    recent = (
        table.select(KNOWN).join(lookups, on="lookup_id", how="semi") for table in (state.recent, state.recent_reads)
    )
    known = pl.concat([*recent, _archived(lookups, state, horizon)])
    best, losers = _one_each(lookups)
    before = known.select("lookup_id", pl.col("content").alias("known"))
    compared = best.hstack(
        best.select("lookup_id").join(before, on="lookup_id", how="left", maintain_order="left")[["known"]]
    )
    met = compared.filter(pl.col("known").is_not_null())
    beaten = met.filter(pl.col("content") > pl.col("known"))
    fresh = compared
    if not met.is_empty():
        fresh = compared.filter(pl.col("known").is_null() | (pl.col("content") < pl.col("known")))
    replaced = known.join(met.filter(pl.col("content") < pl.col("known")), on="lookup_id", how="semi")
    conflicts = pl.concat([losers.select(lookups.columns), beaten.select(lookups.columns)]).unique(
        ["lookup_id", "content"]
    )
    admitted = fresh.select(lookups.columns)
    return Admitted(
        lookups=admitted,
        replaced=replaced,
        duplicates=lookups.height - admitted.height - conflicts.height,
        conflicts=conflicts,
    )


def _one_each(lookups: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row per id within the slice, and the rows with other content that lost."""
    hashed = lookups["lookup_id"].hash()  # integers compare faster; a collision only costs time
    ordered = hashed.sort()
    doubled = hashed.is_in(ordered.filter(ordered == ordered.shift(1)).unique().implode())
    if not doubled.any():
        return lookups, lookups.clear()
    repeated = lookups.filter(doubled).sort("lookup_id", "content")
    best = repeated.unique("lookup_id", keep="first", maintain_order=True)
    kept = best.select("lookup_id", pl.col("content").alias("kept"))
    losers = repeated.join(kept, on="lookup_id").filter(pl.col("content") != pl.col("kept")).drop("kept")
    return pl.concat([lookups.filter(~doubled), best]), losers


def _archived(lookups: pl.DataFrame, state: State, horizon: timedelta) -> pl.DataFrame:
    """Ids of the archive for lookups too old to be remembered otherwise."""
    nothing = pl.DataFrame(schema={name: RECENT[name] for name in KNOWN})
    if state.progress.watermark is None:
        return nothing
    old = lookups.filter(pl.col("at") < state.progress.watermark - horizon)
    if old.is_empty():
        return nothing
    known = state.earlier(Wanted(old["employee"].unique())).select(KNOWN)
    unknown = known.join(state.recent, on="lookup_id", how="anti")
    return unknown.join(state.recent_reads, on="lookup_id", how="anti")


def remembered(recent: pl.DataFrame, judged: pl.DataFrame, outdated: pl.Series, span: timedelta) -> pl.DataFrame:
    """Frame of RECENT with these judged lookups, those within the span before the latest event.

    `outdated` are ids that were known before and are replaced or judged again.
    """
    new = judged.with_columns(bucket_of(pl.col("day"))).select(list(RECENT))
    latest = latest_of(recent, new)
    if latest is None:
        return recent
    young = pl.col("at") >= latest - span
    kept = recent.filter(young & ~pl.col("lookup_id").is_in(outdated.implode()))
    return pl.concat([kept, new.filter(young)])
