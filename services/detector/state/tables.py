"""The detector's state: a few small keyed tables (schemas.py), as frames."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime

import polars as pl

from services.core.archive import Wanted
from services.core.errors import DoelbindingError
from services.detector.encode import LOOKUPS
from services.detector.state.schemas import PROGRESS, SCHEMAS, SUPERSEDED

Archive = Callable[[Wanted], pl.DataFrame]
"""Reads earlier lookups (LOOKUPS schema) that are asked for."""


def no_archive(_wanted: Wanted) -> pl.DataFrame:
    """For a run that sees its whole input in order: nothing earlier is ever needed."""
    return pl.DataFrame(schema=LOOKUPS)


@dataclass(frozen=True)
class Progress:
    """How far decisions have come, and the budget's balance (in employee-days; null before the first tick)."""

    watermark: datetime | None = None
    decided_day: date | None = None
    ended_day: date | None = None
    decided_week: date | None = None
    """Its Sunday."""
    decided_month: date | None = None
    """Its last day."""
    first_seen: datetime | None = None
    last_tick: datetime | None = None
    balance: int | None = None
    refused: int = 0
    """Class B signals above the floor that a day's push left out for want of budget, counted per day."""


def _empty(name: str) -> Callable[[], pl.DataFrame]:
    return lambda: pl.DataFrame(schema=SCHEMAS[name])


@dataclass(frozen=True)
class State:
    """All that a step needs to know of the past. Frames follow the schemas above."""

    contributions: pl.DataFrame = field(default_factory=_empty("contributions"))
    recent: pl.DataFrame = field(default_factory=_empty("recent"))
    superseded: pl.DataFrame = field(default_factory=_empty("superseded"))
    slips: pl.DataFrame = field(default_factory=_empty("slips"))
    nearby: pl.DataFrame = field(default_factory=_empty("nearby"))
    workdays: pl.DataFrame = field(default_factory=_empty("workdays"))
    features: pl.DataFrame = field(default_factory=_empty("features"))
    attendance: pl.DataFrame = field(default_factory=_empty("attendance"))
    volume_days: pl.DataFrame = field(default_factory=_empty("volume_days"))
    system_days: pl.DataFrame = field(default_factory=_empty("system_days"))
    looked: pl.DataFrame = field(default_factory=_empty("looked"))
    faults: pl.DataFrame = field(default_factory=_empty("faults"))
    forests: pl.DataFrame = field(default_factory=_empty("forests"))
    strange_days: pl.DataFrame = field(default_factory=_empty("strange_days"))
    reads: pl.DataFrame = field(default_factory=_empty("reads"))
    read_contributions: pl.DataFrame = field(default_factory=_empty("read_contributions"))
    recent_reads: pl.DataFrame = field(default_factory=_empty("recent_reads"))
    told: pl.DataFrame = field(default_factory=_empty("told"))
    pushed: pl.DataFrame = field(default_factory=_empty("pushed"))
    claims: pl.DataFrame = field(default_factory=_empty("claims"))
    clocks: pl.DataFrame = field(default_factory=_empty("clocks"))
    progress: Progress = Progress()
    archive: Archive = no_archive

    def tables(self) -> dict[str, pl.DataFrame]:
        """The state as named frames, ready to be stored."""
        frames = {name: getattr(self, name) for name in SCHEMAS if name != "progress"}
        row = {item.name: getattr(self.progress, item.name) for item in fields(Progress)}
        return frames | {"progress": pl.DataFrame([row], schema=PROGRESS)}

    def earlier(self, wanted: Wanted) -> pl.DataFrame:
        """Archived lookups (LOOKUPS schema) that are asked for, one row per id: the content that won."""
        found = self.archive(wanted).select(list(LOOKUPS))
        return found.join(self.superseded, on=list(SUPERSEDED), how="anti").unique("lookup_id")

    @staticmethod
    def restore(tables: Mapping[str, pl.DataFrame], archive: Archive = no_archive) -> State:
        """The inverse of `tables`; absent tables are empty.

        Raises DoelbindingError for tables of another version of the detector.
        """
        other = sorted(name for name, frame in tables.items() if set(frame.columns) != set(SCHEMAS.get(name, ())))
        if other:
            raise DoelbindingError(
                f"the stored state is of another version of the detector (tables {', '.join(other)}); move "
                "detector.sqlite aside and start again: the lookups are read anew, and the intake takes no signal twice"
            )
        kept = {name: tables.get(name, pl.DataFrame(schema=schema)) for name, schema in SCHEMAS.items()}
        progress = kept.pop("progress")
        return State(
            **kept,
            progress=Progress(**progress.row(0, named=True)) if progress.height else Progress(),
            archive=archive,
        )


def without_ids(rows: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    """The rows whose lookup_id is none of these."""
    return rows if ids.is_empty() else rows.filter(~pl.col("lookup_id").is_in(ids.implode()))


def that_count(contributions: pl.DataFrame) -> pl.DataFrame:
    """The contributions that count at some time: what is explained before it begins to count leaves nothing."""
    until = contributions["counts_until"]
    return contributions.filter(until.is_null() | (until > contributions["counts_from"]))


def latest_of(*frames: pl.DataFrame) -> datetime | None:
    """The greatest `at` of these frames."""
    return max((at for at in (frame["at"].max() for frame in frames) if isinstance(at, datetime)), default=None)


def bucket_of(day: pl.Expr) -> pl.Expr:
    """Storage bucket: the number of the local day."""
    return day.cast(pl.Int32).alias("bucket")
