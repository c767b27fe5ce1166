"""The agency stage of volume: closes local days behind the watermark, and reopens those that late news touches."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import polars as pl

from services.core.calendar import AgencyCalendar
from services.detector.rules import UNEXPLAINED
from services.detector.settings import AgencySettings
from services.detector.state.tables import VOLUME_DAYS, WORKDAYS, State, bucket_of
from services.detector.volume.decide import decide_days
from services.detector.volume.features import day_features, decision_times, due


class VolumeStage:
    """Decides each local day once, when its end plus every grace is behind the watermark."""

    def __init__(self, settings: AgencySettings, calendar: AgencyCalendar) -> None:
        self._settings = settings
        self._calendar = calendar

    def last_decision(self, state: State) -> datetime | None:
        """When the last open day will be decided."""
        times = decision_times(state.workdays["day"].unique(), self._calendar, self._settings.longest_grace)
        latest = times["decided_at"].max()
        return latest if isinstance(latest, datetime) else None

    def run(self, state: State, news: pl.DataFrame, watermark: datetime | None) -> State:
        """The state with these lookups (new or judged again) counted, and every day decided that is due."""
        decided = state.progress.decided_day
        open_days = news.filter(pl.col("day") > decided) if decided else news
        state = replace(state, workdays=_with_looks(state.workdays, open_days))
        reopened = news.filter(pl.col("day") <= decided) if decided else news.clear()
        times = decision_times(state.workdays["day"].unique(), self._calendar, self._settings.longest_grace)
        closing = due(times, watermark)
        if closing.is_empty() and reopened.is_empty():
            return state
        state = self._with_features(state, closing, reopened)
        days = _judged_again(state, reopened).extend(closing["day"]).unique().sort()
        return self._judge(state, days, closing)

    def _with_features(self, state: State, closing: pl.DataFrame, reopened: pl.DataFrame) -> State:
        """Features of the closing days, and anew of the employee-days that late news touches."""
        looks = state.workdays.filter(pl.col("day").is_in(closing["day"].implode()))
        if not reopened.is_empty():
            touched = reopened.select("employee", "day").unique()
            earlier = state.archive(touched["employee"].unique(), pl.Series([], dtype=pl.Int64))
            both = pl.concat(
                [earlier.select("employee", "day", "subject"), reopened.select("employee", "day", "subject")]
            )
            again = both.join(touched, on=["employee", "day"]).with_columns(bucket_of(pl.col("day"))).unique()
            looks = pl.concat([looks, again.select(list(WORKDAYS))])
        times = decision_times(looks["day"].unique(), self._calendar, self._settings.longest_grace)
        unexplained = state.contributions.filter(pl.col("family") == UNEXPLAINED)
        fresh = day_features(looks, unexplained, times)
        kept = state.features.join(fresh, on=["employee", "day"], how="anti")
        return replace(
            state,
            features=pl.concat([kept, fresh]).sort("day", "employee"),
            workdays=state.workdays.filter(~pl.col("day").is_in(closing["day"].implode())),
        )

    def _judge(self, state: State, days: pl.Series, closing: pl.DataFrame) -> State:
        """Volume decisions of these days."""
        first = days.min()
        span = timedelta(days=self._settings.volume.window_days)
        relevant = state.features.filter(pl.col("day") >= pl.lit(first) - pl.lit(span))
        found = decide_days(relevant, days, self._settings.volume).with_columns(bucket_of(pl.col("day")))
        times = decision_times(found["day"].unique(), self._calendar, self._settings.longest_grace)
        kept = state.volume_days.filter(~pl.col("day").is_in(days.implode()))
        volume_days = pl.concat([kept, found.join(times, on="day").select(list(VOLUME_DAYS))]).sort("day", "employee")
        last = closing["day"].max()
        progress = replace(state.progress, decided_day=last) if isinstance(last, date) else state.progress
        return replace(state, volume_days=volume_days, progress=progress)


def _with_looks(workdays: pl.DataFrame, lookups: pl.DataFrame) -> pl.DataFrame:
    looks = lookups.select("employee", "day", "subject", bucket_of(pl.col("day"))).unique()
    return (
        pl.concat([workdays, looks.select(list(WORKDAYS))]).unique().sort("day", "employee", "subject", nulls_last=True)
    )


def _judged_again(state: State, reopened: pl.DataFrame) -> pl.Series:
    """Every decided day from the first that late news touches: each is part of the later days' history."""
    first = reopened["day"].min()
    if first is None:
        return pl.Series([], dtype=pl.Date)
    return state.features.filter(pl.col("day") >= pl.lit(first))["day"].unique()
