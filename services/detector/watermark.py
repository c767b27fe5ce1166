"""Event times seen per system into the watermark: the moment up to which decisions may be taken."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import polars as pl

from services.core.reading import SYSTEM
from services.detector.settings import AgencySettings
from services.detector.state.schemas import CLOCKS
from services.detector.state.tables import State


def clocks_of(lookups: pl.DataFrame, partition: str) -> pl.DataFrame:
    """The greatest event time per system among the lookups of one partition (CLOCKS)."""
    seen = lookups.group_by("system").agg(pl.lit(partition).alias("partition"), pl.col("at").max().alias("latest"))
    return seen[list(CLOCKS)]


def advance_clocks(clocks: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """The greatest event time per partition and system (CLOCKS), with what a slice saw."""
    return (
        pl.concat([clocks, seen])
        .group_by("partition", "system")
        .agg(pl.col("latest").max())
        .sort("partition", "system")
    )


def watermark(
    clocks: pl.DataFrame, before: datetime | None, settings: AgencySettings, behind: Collection[str] = ()
) -> datetime | None:
    """Least of the greatest event times minus the lateness; a system far behind the others does not hold it back.

    A partition of `behind`, of which more is to be read, holds it back however far it is behind the others, and
    altogether where nothing was read of it. Never goes back. Which systems are idle and which partitions are behind
    changes when something is decided, never what: what comes after is taken in as late. Reads of signals hold nothing
    back while there are others: few people make them.
    """
    of_behind = clocks.filter(pl.col("partition").is_in(list(behind))) if behind else clocks.clear()
    if behind and of_behind["partition"].n_unique() < len(behind):
        return before
    leader = clocks["latest"].max()
    if not isinstance(leader, datetime):
        return before
    awake = clocks.filter(clocks["latest"] >= leader - timedelta(hours=settings.idle_hours))
    work = of_work(awake)
    awake = awake if work.is_empty() else work
    slowest = of_behind.group_by("partition").agg(pl.col("latest").max()) if behind else of_behind
    least = pl.concat([awake["latest"], slowest["latest"]]).min()
    if not isinstance(least, datetime):
        return before
    mark = least - timedelta(minutes=settings.lateness_minutes)
    return mark if before is None else max(before, mark)


def of_work(clocks: pl.DataFrame) -> pl.DataFrame:
    """The clocks (CLOCKS) without those of reads of signals."""
    return clocks.filter(clocks["system"] != SYSTEM)


def late(lookups: pl.DataFrame, state: State) -> int:
    """How many lookups came behind the watermark."""
    if state.progress.watermark is None:
        return 0
    return int((lookups["at"] < state.progress.watermark).sum())
