"""The agency stage of months: closes each behind the watermark, and judges again those that late news touches."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import polars as pl

from services.core.calendar import AgencyCalendar
from services.detector.rules import OF_MONTHS, PEERS, SHARE, VOLUME
from services.detector.settings import AgencySettings
from services.detector.shares.compare import with_comparison
from services.detector.shares.counts import Month, totals, worked
from services.detector.shares.decide import THOUSAND, decide_month
from services.detector.state.schemas import VOLUME_DAYS
from services.detector.state.tables import State, bucket_of
from services.detector.volume.features import any_due, decision_times


class ShareStage:
    """Decides each calendar month once, when every grace of its last day is over."""

    def __init__(self, settings: AgencySettings, calendar: AgencyCalendar) -> None:
        self._settings = settings
        self._calendar = calendar

    def run(self, before: State, state: State, days: pl.Series, watermark: datetime | None) -> State:
        """The state with every month judged that is due, or that news is about.

        `days` are those of lookups that are new, judged again or gone; `before` is the state before these.
        """
        decided = state.progress.decided_month
        closing = list(self._closing(state, watermark)) if watermark else []
        again = self._reopened(before, state, days, decided) if decided else []
        if closing:
            state = replace(state, progress=replace(state.progress, decided_month=closing[-1].last))
        return self._judge(state, [*again, *closing]) if again or closing else state

    def _closing(self, state: State, watermark: datetime) -> Iterator[Month]:
        """The months after the last decided one that are over, up to the last with work that was looked at."""
        decided, latest = state.progress.decided_month, state.features["day"].tail(1)
        if latest.is_empty():
            return
        first = decided + timedelta(days=1) if decided else state.features["day"][0]
        while first <= latest[0] and self._over(first, watermark):
            yield self._month(first)
            first = _last_day(first) + timedelta(days=1)

    def _reopened(self, before: State, state: State, days: pl.Series, decided: date) -> list[Month]:
        """Decided months of these days, and those of which other days or weeks stand out than before."""
        concerned = [days.filter(days <= decided)]
        if concerned[0].is_empty() and state.volume_days is before.volume_days:
            return []
        if not state.volume_days.equals(before.volume_days):
            concerned += _moved(before.volume_days, state.volume_days)
        firsts = pl.concat(concerned).dt.month_start().unique().sort()
        return [self._month(first) for first in firsts.to_list() if first <= decided]

    def _over(self, day: date, watermark: datetime) -> bool:
        """Whether the month of a day is decided by a moment."""
        return any_due(pl.Series([_last_day(day)]), self._calendar, self._settings.longest_grace, watermark)

    def _month(self, day: date) -> Month:
        last = _last_day(day)
        times = decision_times(pl.Series([last]), self._calendar, self._settings.longest_grace)
        return Month(day.replace(day=1), last, times["decided_at"][0])

    def _judge(self, state: State, again: list[Month]) -> State:
        """The decisions of these months, in the place of those that were."""
        firsts = pl.Series([month.first for month in again], dtype=pl.Date)
        old = pl.col("family").is_in(OF_MONTHS) & pl.col("day").is_in(firsts.implode())
        kept = state.volume_days.filter(~old)
        found = [rows for month in again for rows in self._found(replace(state, volume_days=kept), month)]
        return replace(state, volume_days=pl.concat([kept, *found]).sort("day", "employee", "family"))

    def _found(self, state: State, month: Month) -> Iterator[pl.DataFrame]:
        """Frames of VOLUME_DAYS: who stands out in a month, by each rule."""
        settings = self._settings.shares
        of_month = worked(state, month)
        for family in OF_MONTHS:
            least = settings.min_persons if family == SHARE else settings.min_found
            found = decide_month(totals(of_month, family), least, settings)
            yield _rows(with_comparison(found, of_month, family), month, family)


def _last_day(day: date) -> date:
    """The last day of a day's month."""
    return day.replace(day=months.monthrange(day.year, day.month)[1])


def _rows(found: pl.DataFrame, month: Month, family: str) -> pl.DataFrame:
    return found.with_columns(
        pl.lit(family).alias("family"),
        pl.lit("persons").alias("counted"),
        pl.lit(month.first).alias("day"),
        pl.lit(month.first).alias("since"),
        pl.lit(month.last).alias("until"),
        pl.lit(month.decided_at).alias("decided_at"),
        pl.col("days").alias("history_days"),
        pl.col("opened").alias("workload"),
        (pl.col("opened") * THOUSAND // pl.col("days")).alias("usual_workload"),
        bucket_of(pl.lit(month.first)),
    ).select(pl.col(name).cast(kind) for name, kind in VOLUME_DAYS.items())


def _moved(before: pl.DataFrame, after: pl.DataFrame) -> list[pl.Series]:
    """First and last days of days and fortnights that stand out in only one of two states."""
    columns = ["family", "employee", "day", "since", "until", "decided_at"]
    was, now = (rows.filter(pl.col("family").is_in([VOLUME, PEERS])).select(columns) for rows in (before, after))
    differing = pl.concat([was.join(now, on=columns, how="anti"), now.join(was, on=columns, how="anti")])
    return [differing["since"], differing["until"].rename("since")]
