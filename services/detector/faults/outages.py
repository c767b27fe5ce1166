"""A system's days into gaps, and into days on which records lacked their actor or lay in the future."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import polars as pl

from services.core.calendar import AgencyCalendar
from services.detector.faults.kinds import ACTORS_MISSING, CLOCK_SKEW, GAP
from services.detector.thresholds import FaultSettings

OUTAGE = {
    "system": pl.String(),
    "day": pl.Date(),
    "kind": pl.String(),
    "mended_on": pl.Date(),
    "records": pl.Int64(),
    "affected": pl.Int64(),
    "usual": pl.Int64(),
}
"""A fault of a day that is over, and the first later day without it (null: none yet)."""


class Counts(NamedTuple):
    """What came from one system on one day."""

    records: int = 0
    actors_missing: int = 0
    future: int = 0

    @property
    def total(self) -> int:
        """Everything that came, good or bad."""
        return self.records + self.actors_missing + self.future


class Bad(NamedTuple):
    """What is wrong with a day: how many records of how many, and how many were usual."""

    records: int
    affected: int
    usual: int


Days = Mapping[date, Counts]


def outages(
    system_days: pl.DataFrame, last: date, last_seen: date, calendar: AgencyCalendar, settings: FaultSettings
) -> pl.DataFrame:
    """Frame of OUTAGE: all faults up to the local day `last`, which is over.

    A gap is only told of days before `last_seen`, the latest day with lookups of any system: an input that ended is
    no gap.
    """
    before = min(last, last_seen - timedelta(days=1))
    rows = []
    for system, days in _by_system(system_days).items():
        working = [day for day in _days(min(days), before) if calendar.is_working_day(day)]
        seen = [day for day in sorted(days) if day <= last]
        rows += _told(system, GAP, _gaps(days, working, settings))
        rows += _told(system, ACTORS_MISSING, _shares(days, seen, lambda counts: counts.actors_missing, settings))
        rows += _told(system, CLOCK_SKEW, _shares(days, seen, lambda counts: counts.future, settings))
    return pl.DataFrame(rows, schema=OUTAGE, orient="row")


def _by_system(system_days: pl.DataFrame) -> dict[str, dict[date, Counts]]:
    found: dict[str, dict[date, Counts]] = {}
    for system, day, *counts in system_days.select("system", "day", *Counts._fields).iter_rows():
        found.setdefault(system, {})[day] = Counts(*counts)
    return found


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def _gaps(days: Days, working: Sequence[date], settings: FaultSettings) -> Iterator[tuple[date, Bad | None]]:
    """Each working day with what is missing of it; a day with a gap does not become usual."""
    sound: list[tuple[date, int]] = []
    for day in working:
        records = days.get(day, Counts()).records
        start = day - timedelta(days=settings.window_days)
        recent = [count for then, count in sound if then >= start]
        usual = int(statistics.median(recent)) if len(recent) >= settings.min_history_days else 0
        if usual >= settings.min_lookups and records < settings.gap_share * usual:
            yield day, Bad(records, usual - records, usual)
            continue
        sound.append((day, records))
        if records:
            yield day, None


def _shares(
    days: Days, seen: Sequence[date], bad: Callable[[Counts], int], settings: FaultSettings
) -> Iterator[tuple[date, Bad | None]]:
    """Each day on which anything came, with the share of it that was bad if that is too much."""
    for day in seen:
        counts = days[day]
        affected = bad(counts)
        too_much = affected >= settings.min_rejected and affected > settings.rejected_share * counts.total
        yield day, Bad(counts.total, affected, 0) if too_much else None


def _told(system: str, kind: str, judged: Iterator[tuple[date, Bad | None]]) -> list[tuple[object, ...]]:
    """A row per bad day, mended on the first good day after it."""
    days = list(judged)
    rows: list[tuple[object, ...]] = []
    mended_on: date | None = None
    for day, bad in reversed(days):
        if bad is None:
            mended_on = day
        else:
            rows.append((system, day, kind, mended_on, *bad))
    return rows
