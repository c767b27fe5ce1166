"""A slice of lookups into those that are new: duplicates fall out, replaced content is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from services.core.archive import Wanted
from services.detector.state.schemas import RECENT
from services.detector.state.tables import State, bucket_of, latest_of, without_ids

KNOWN = ["lookup_id", "content", "at", "employee", "subject", "system", "day"]
"""What is known of an earlier lookup without its record."""
NOTHING_KNOWN = pl.DataFrame(schema={name: RECENT[name] for name in KNOWN})


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
    ids = lookups[["lookup_id"]]
    recent = [table[KNOWN].join(ids, on="lookup_id", how="semi") for table in _remembering(state)]
    known = pl.concat([*recent, _archived(lookups, state, horizon)])
    best, losers = _one_each(lookups)
    if known.is_empty() and losers.is_empty():
        return Admitted(lookups=best, replaced=known, duplicates=lookups.height - best.height, conflicts=losers)
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


def _remembering(state: State) -> list[pl.DataFrame]:
    """The tables that remember lookups, of which many states hold but one."""
    return [state.recent] if state.recent_reads.is_empty() else [state.recent, state.recent_reads]


def _one_each(lookups: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row per id within the slice, and the rows with other content that lost."""
    hashed = lookups["lookup_id"].hash()  # integers compare faster; a collision only costs time
    if np.unique(hashed.to_numpy()).size == lookups.height:
        return lookups, lookups.clear()
    doubled = hashed.is_duplicated()
    repeated = lookups.filter(doubled).sort("lookup_id", "content")
    best = repeated.unique("lookup_id", keep="first", maintain_order=True)
    kept = best.select("lookup_id", pl.col("content").alias("kept"))
    losers = repeated.join(kept, on="lookup_id").filter(pl.col("content") != pl.col("kept")).drop("kept")
    return pl.concat([lookups.filter(~doubled), best]), losers


def _archived(lookups: pl.DataFrame, state: State, horizon: timedelta) -> pl.DataFrame:
    """Ids of the archive for lookups too old to be remembered otherwise."""
    if state.progress.watermark is None:
        return NOTHING_KNOWN
    old = lookups["lookup_id"].filter(lookups["at"] < state.progress.watermark - horizon)
    if old.is_empty():
        return NOTHING_KNOWN
    known = state.earlier(Wanted(lookups=old.unique())).select(KNOWN)
    unknown = known.join(state.recent, on="lookup_id", how="anti")
    return unknown.join(state.recent_reads, on="lookup_id", how="anti")


def remembered(recent: pl.DataFrame, judged: pl.DataFrame, outdated: pl.Series, span: timedelta) -> pl.DataFrame:
    """Frame of RECENT with these judged lookups, those within the span before the latest event.

    `outdated` are ids that were known before and are replaced or judged again.
    """
    new = judged.with_columns(bucket_of(pl.col("day")))[list(RECENT)]
    latest = latest_of(recent, new)
    if latest is None:
        return recent
    kept = without_ids(recent.filter(recent["at"] >= latest - span), outdated)
    return pl.concat([kept, new.filter(new["at"] >= latest - span)])
