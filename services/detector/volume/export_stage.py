"""The agency stage of exports: closes local days as they end behind the watermark, without any grace."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import polars as pl

from services.core.calendar import AgencyCalendar
from services.detector.registers import Registers
from services.detector.rules import EXPORTS
from services.detector.settings import AgencySettings
from services.detector.state.schemas import VOLUME_DAYS
from services.detector.state.tables import State
from services.detector.volume.attendance import changed_days, day_attendance, day_ends, days_since
from services.detector.volume.exports import decide_exports, history_days
from services.detector.volume.features import any_due, due


class ExportStage:
    """Decides each local day when it is over, and again where late news changes what was known then."""

    def __init__(self, settings: AgencySettings, calendar: AgencyCalendar) -> None:
        self._settings = settings.exports
        self._calendar = calendar

    def run(self, state: State, touched: pl.DataFrame, registers: Registers, watermark: datetime | None) -> State:
        """The state with every ended day's attendance, and its exports judged.

        `touched` are pairs (employee, day) with news; the state's workdays must hold the whole of these days.
        """
        ended = state.progress.ended_day
        again = touched.filter(touched["day"] <= ended) if ended else touched.clear()
        days = state.workdays["day"]
        days = days.filter(days > ended) if ended else days
        if again.is_empty() and not any_due(days, self._calendar, 0, watermark):
            return state
        closing = due(day_ends(days, self._calendar), watermark)
        before = state.attendance
        state = self._attended(state, closing, again, registers)
        changed = changed_days(before, state.attendance, again)
        last = closing["day"].max()
        if isinstance(last, date):
            state = replace(state, progress=replace(state.progress, ended_day=last))
        return self._judge(state, days_since(state.attendance, changed).extend(closing["day"]).unique().sort())

    def _attended(self, state: State, closing: pl.DataFrame, again: pl.DataFrame, registers: Registers) -> State:
        """Attendance of the closing days, and anew of the employee-days that late news touches."""
        ended = state.workdays.join(closing, on="day", how="semi")
        reopened = state.workdays.join(again, on=["employee", "day"], how="semi")
        pairs = pl.concat([ended, reopened]).select("employee", "day").unique()
        exports = state.contributions.filter(pl.col("family") == EXPORTS)
        rows = day_attendance(pairs, exports, registers, self._calendar)
        kept = state.attendance.join(again, on=["employee", "day"], how="anti")
        return replace(state, attendance=pl.concat([kept, rows]).sort("day", "employee"))

    def _judge(self, state: State, days: pl.Series) -> State:
        """The decisions of these days, in the place of those that were."""
        first = days.min()
        if first is None:
            return state
        history = timedelta(days=history_days(self._settings))
        relevant = state.attendance.filter(pl.col("day") >= pl.lit(first) - pl.lit(history))
        found = decide_exports(relevant, days, self._settings)
        found = found.join(day_ends(found["day"], self._calendar), on="day").select(list(VOLUME_DAYS))
        kept = state.volume_days.filter((pl.col("family") != EXPORTS) | ~pl.col("day").is_in(days.implode()))
        return replace(state, volume_days=pl.concat([kept, found]).sort("day", "employee", "family"))
