"""The agency stage of exports: closes local days as they end behind the watermark, without any grace."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import polars as pl

from services.core.calendar import AgencyCalendar
from services.detector.registers import Registers
from services.detector.rules import EXPORTS
from services.detector.settings import AgencySettings
from services.detector.state.tables import ATTENDANCE, VOLUME_DAYS, State
from services.detector.volume.attendance import day_attendance, day_ends
from services.detector.volume.exports import decide_exports, history_days
from services.detector.volume.features import due


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
        known = pl.col("day") <= pl.lit(ended, pl.Date)
        again = touched.filter(known) if ended else touched.clear()
        closing = due(
            day_ends(state.workdays.filter(~known)["day"] if ended else state.workdays["day"], self._calendar),
            watermark,
        )
        if closing.is_empty() and again.is_empty():
            return state
        pairs = state.workdays.select("employee", "day").unique()
        fresh = pl.concat(
            [pairs.join(closing, on="day", how="semi"), pairs.join(again, on=["employee", "day"], how="semi")]
        )
        exports = state.contributions.filter(pl.col("family") == EXPORTS)
        rows = day_attendance(fresh.unique(), exports, registers, self._calendar)
        old = state.attendance.join(again, on=["employee", "day"], how="semi")
        changed = _different(old, rows.join(again, on=["employee", "day"], how="semi"))
        kept = state.attendance.join(again, on=["employee", "day"], how="anti")
        state = replace(state, attendance=pl.concat([kept, rows]).sort("day", "employee"))
        last = closing["day"].max()
        if isinstance(last, date):
            state = replace(state, progress=replace(state.progress, ended_day=last))
        return self._judge(state, _since(state.attendance, changed).extend(closing["day"]).unique().sort())

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


def _different(old: pl.DataFrame, new: pl.DataFrame) -> pl.Series:
    """Days of rows that are in one of two frames of ATTENDANCE only."""
    keys = list(ATTENDANCE)
    gone = old.join(new, on=keys, how="anti", nulls_equal=True)
    come = new.join(old, on=keys, how="anti", nulls_equal=True)
    return pl.concat([gone["day"], come["day"]])


def _since(attendance: pl.DataFrame, changed: pl.Series) -> pl.Series:
    """Every ended day from the first that changed on: each is part of the later days' norm, and of their own."""
    first = changed.min()
    days = pl.concat([attendance["day"], changed]).unique()
    return days.filter(days >= first) if first is not None else days.clear()
