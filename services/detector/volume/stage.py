"""The agency stage of volume: closes local days behind the watermark, and reopens those that late news touches."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import polars as pl

from services.core.archive import Wanted
from services.core.calendar import AgencyCalendar
from services.detector.faults.muting import counting
from services.detector.registers import Registers
from services.detector.rules import ORDINARY, SEARCHED, VOLUME
from services.detector.settings import AgencySettings
from services.detector.state.schemas import VOLUME_DAYS, WORKDAYS
from services.detector.state.tables import State, bucket_of
from services.detector.volume.attendance import changed_days, days_since
from services.detector.volume.compare import compared_with_own
from services.detector.volume.decide import decide_days
from services.detector.volume.export_stage import ExportStage
from services.detector.volume.features import any_due, day_features, decision_times, due
from services.detector.volume.peer_stage import PeerStage, sunday

EMPLOYEE_DAY = ["employee", "day"]


class VolumeStage:
    """Decides each local day once, when its end plus every grace is behind the watermark."""

    def __init__(self, settings: AgencySettings, calendar: AgencyCalendar) -> None:
        self._settings = settings
        self._calendar = calendar
        self._exports = ExportStage(settings, calendar)
        self._peers = PeerStage(settings, calendar)

    def last_decision(self, state: State, news: pl.DataFrame) -> datetime | None:
        """When the week of the last day, of the state or of these lookups, will be decided."""
        days = pl.concat([state.workdays["day"], news["day"], state.features["day"].tail(1)]).to_frame("day")
        latest = decision_times(
            days.select(sunday(pl.col("day")))["day"].unique(), self._calendar, self._settings.longest_grace
        )["decided_at"].max()
        return latest if isinstance(latest, datetime) else None

    def run(
        self,
        state: State,
        news: pl.DataFrame,
        replaced: pl.DataFrame,
        registers: Registers,
        watermark: datetime | None,
    ) -> State:
        """The state with these lookups (new or judged again) counted, and every day decided that is due.

        `replaced` holds lookup_id, employee and day of lookups that were taken back; without an id, an employee-day
        that is decided anew for another reason.
        """
        touched = pl.concat([news[EMPLOYEE_DAY], replaced[EMPLOYEE_DAY]]).unique()
        state = replace(state, workdays=_counted(state, news, replaced))
        attendance = state.attendance
        state = self._exports.run(state, touched, registers, watermark)
        moved = changed_days(attendance, state.attendance, touched)
        decided = state.progress.decided_day
        reopened = touched.filter(touched["day"] <= decided) if decided else touched.clear()
        days, grace = state.workdays["day"], self._settings.longest_grace
        undecided = days.filter(days > decided) if decided else days
        if reopened.is_empty() and not any_due(undecided, self._calendar, grace, watermark):
            return self._peers.run(state, days.clear(), watermark)
        closing = due(decision_times(undecided, self._calendar, grace), watermark)
        before = state
        state = self._with_features(state, closing, reopened)
        changed = pl.concat([changed_days(before.features, state.features, reopened), moved])
        again = days_since(state.features, changed.filter(changed <= decided) if decided else changed.clear())
        state = self._judge(state, again.extend(closing["day"]).unique().sort(), closing)
        return self._peers.run(state, changed, watermark)

    def _with_features(self, state: State, closing: pl.DataFrame, reopened: pl.DataFrame) -> State:
        """Features of the closing days, and anew of the employee-days that late news touches."""
        now_due = pl.col("day").is_in(closing["day"].implode())
        looks = state.workdays.filter(now_due | pl.col("day").is_in(reopened["day"].unique().implode()))
        times = decision_times(looks["day"].unique(), self._calendar, self._settings.longest_grace)
        unexplained = counting(state).filter(pl.col("family").is_in(ORDINARY))
        fresh = day_features(looks, unexplained, times)
        kept = state.features.join(reopened, on=["employee", "day"], how="anti")
        decided = state.progress.decided_day
        still_open = ~now_due & (pl.col("day") > decided if decided else pl.lit(True))
        return replace(
            state,
            features=pl.concat([kept, fresh]).sort("day", "employee"),
            workdays=state.workdays.filter(still_open),
        )

    def _judge(self, state: State, days: pl.Series, closing: pl.DataFrame) -> State:
        """Volume decisions of these days."""
        first = days.min()
        if first is None:
            return state
        span = timedelta(days=self._settings.volume.window_days)
        relevant = state.features.filter(pl.col("day") >= pl.lit(first) - pl.lit(span))
        found = decide_days(relevant, days, self._settings.volume)
        found = compared_with_own(found, state.features, state.attendance, self._settings.volume)
        times = decision_times(found["day"].unique(), self._calendar, self._settings.longest_grace)
        kept = state.volume_days.filter((pl.col("family") != VOLUME) | ~pl.col("day").is_in(days.implode()))
        volume_days = pl.concat([kept, found.join(times, on="day").select(list(VOLUME_DAYS))]).sort(
            "day", "employee", "family"
        )
        decided = [day for day in (state.progress.decided_day, closing["day"].max()) if isinstance(day, date)]
        progress = replace(state.progress, decided_day=max(decided, default=None))
        return replace(state, volume_days=volume_days, progress=progress)


def _counted(state: State, news: pl.DataFrame, replaced: pl.DataFrame) -> pl.DataFrame:
    """Whom each employee looked at: the open days with these lookups, and whole any day that must be counted anew."""
    decided = state.progress.decided_day
    days = news[EMPLOYEE_DAY]
    closed = days.filter(days["day"] <= decided) if decided else days.clear()
    anew = pl.concat([closed, replaced[EMPLOYEE_DAY]]).unique()
    looks = [state.workdays, _looks(news)]
    if not anew.is_empty():
        looks[0] = state.workdays.join(anew, on=EMPLOYEE_DAY, how="anti")
        earlier = state.earlier(Wanted(anew["employee"].unique(), days=anew["day"].unique()))
        standing = earlier.join(
            pl.concat([replaced["lookup_id"], news["lookup_id"]]).to_frame(), on="lookup_id", how="anti"
        )
        looks.append(_looks(standing.join(anew, on=["employee", "day"], how="semi")))
    return pl.concat(looks).unique()


def _looks(lookups: pl.DataFrame) -> pl.DataFrame:
    searched = pl.col("searched_by").is_in(SEARCHED).fill_null(value=False).alias("searched")
    return lookups.select("employee", "day", "subject", searched, bucket_of(pl.col("day")))[list(WORKDAYS)].unique()
