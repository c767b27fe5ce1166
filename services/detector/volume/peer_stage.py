"""The agency stage of peers: closes weeks behind the watermark, and judges again those that late news touches."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import polars as pl

from services.core.calendar import AgencyCalendar
from services.detector.rules import PEERS, VOLUME
from services.detector.settings import AgencySettings
from services.detector.state.schemas import VOLUME_DAYS
from services.detector.state.tables import State
from services.detector.volume.compare import compared_with_own
from services.detector.volume.features import any_due, decision_times, due
from services.detector.volume.peers import WEEK, decide_week

SUNDAY = 7


def sunday(day: pl.Expr) -> pl.Expr:
    """Last day of the ISO week."""
    return day + pl.duration(days=SUNDAY - day.dt.weekday().cast(pl.Int64))


class PeerStage:
    """Decides each ISO week once, when every grace of its Sunday is over."""

    def __init__(self, settings: AgencySettings, calendar: AgencyCalendar) -> None:
        self._settings = settings
        self._calendar = calendar

    def run(self, state: State, changed: pl.Series, watermark: datetime | None) -> State:
        """The state with every week judged that is due, or that days with other features than before belong to."""
        decided = state.progress.decided_week
        days = pl.concat([state.features["day"], changed])
        if decided:
            days = days.filter(days > min([decided, *(monday - timedelta(days=1) for monday in _mondays(changed))]))
        if not self._any_due(days, watermark):
            return state
        sundays = days.to_frame("day").select(sunday(pl.col("day")))["day"].unique()
        weeks = due(decision_times(sundays, self._calendar, self._settings.longest_grace), watermark).sort("day")
        last = weeks["day"].max()
        if not isinstance(last, date):
            return state
        state = replace(state, progress=replace(state.progress, decided_week=max(last, decided or last)))
        return self._judge(state, weeks)

    def _any_due(self, days: pl.Series, watermark: datetime | None) -> bool:
        first = days.min()
        if not isinstance(first, date):
            return False
        its_sunday = pl.Series([first + timedelta(days=SUNDAY - first.isoweekday())])
        return any_due(its_sunday, self._calendar, self._settings.longest_grace, watermark)

    def _judge(self, state: State, weeks: pl.DataFrame) -> State:
        """The decisions of these weeks, in the place of those that were."""
        settings = self._settings.peers
        worked = _worked(state, weeks["day"][0] - 3 * WEEK - timedelta(days=settings.window_days))
        found = [decide_week(worked, day - timedelta(days=SUNDAY - 1), settings) for day in weeks["day"]]
        told = compared_with_own(pl.concat(found), state.features, state.attendance, self._settings.volume, SUNDAY)
        mondays = weeks.with_columns(pl.col("day") - pl.duration(days=SUNDAY - 1))
        rows = told.join(mondays, on="day").select(list(VOLUME_DAYS))
        kept = state.volume_days.filter((pl.col("family") != PEERS) | ~pl.col("day").is_in(mondays["day"].implode()))
        return replace(state, volume_days=pl.concat([kept, rows]).sort("day", "employee", "family"))


def _mondays(days: pl.Series) -> list[date]:
    """The Monday of the first of these days; none where there is none."""
    first = days.min()
    return [first - timedelta(days=first.weekday())] if isinstance(first, date) else []


def _worked(state: State, since: date) -> pl.DataFrame:
    """Employee-days with their place; days that stand out by themselves are told as such, and left out here."""
    own = state.volume_days.filter(pl.col("family") == VOLUME).select("employee", "day")
    places = state.attendance.select("employee", "day", "role", "department")
    recent = state.features.filter(pl.col("day") >= since)
    return recent.join(own, on=["employee", "day"], how="anti").join(places, on=["employee", "day"])
