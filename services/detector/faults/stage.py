"""The agency stage of sources: decides behind the watermark which systems were at fault on which days, until when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import polars as pl

from services.core.calendar import AgencyCalendar
from services.detector.admit import Admitted
from services.detector.faults.kinds import UNEXPLAINED_SHARE
from services.detector.faults.mend import with_mend
from services.detector.faults.muting import remuted
from services.detector.faults.outages import outages
from services.detector.faults.shares import desks_of, faulty_days
from services.detector.faults.tally import SYSTEM_DAY, tally
from services.detector.rules import ORDINARY
from services.detector.state.schemas import FAULTS, SYSTEM_DAYS
from services.detector.state.tables import State, bucket_of
from services.detector.thresholds import FaultSettings

GraceTable = Callable[[pl.DataFrame], pl.DataFrame]
"""Days and systems of a frame into a table (day, system, grace_end)."""


class FaultStage:
    """Decides each system's day: outages when it is over, unexplained shares when its grace is.

    Every decision is made of facts alone, so late news leads to what would have been decided had it come in time.
    """

    def __init__(self, settings: FaultSettings, calendar: AgencyCalendar, grace_table: GraceTable) -> None:
        self._settings = settings
        self._calendar = calendar
        self._grace_table = grace_table

    def run(
        self, state: State, admitted: Admitted, rejudged: pl.Series, rejected: pl.DataFrame, mark: datetime | None
    ) -> tuple[State, pl.DataFrame]:
        """The state with these lookups counted and every day decided that is due at the watermark.

        `rejudged` are days of which earlier lookups count otherwise now. Also returns the employee-days (employee,
        day) whose volume was decided and rests on lookups that are now muted, or no more.
        """
        before = state
        state = tally(state, admitted.lookups, admitted.replaced, rejected)
        over, was_over = self._last_over(mark), self._last_over(state.progress.watermark)
        if mark is not None and over is not None:
            came = [part["day"] for part in (admitted.lookups, admitted.replaced, rejected)]
            moved = pl.concat([*came, rejudged])
            stale = moved.filter(moved <= over).unique()
            if over != was_over or not stale.is_empty():
                state = self._decide(state, stale, mark, over)
        return state, _employee_days(state, remuted(before, state))

    def _last_over(self, moment: datetime | None) -> date | None:
        """The last local day that is over at a moment."""
        return None if moment is None else self._calendar.date_of(moment) - timedelta(days=1)

    def _decide(self, state: State, stale: pl.Series, mark: datetime, over: date) -> State:
        """Shares from the first day that is open or stale, as each is part of what is usual later; outages all."""
        undecided = state.system_days.filter(pl.col("unexplained").is_null())["day"]
        first = pl.concat([stale, undecided]).min()
        earlier = state.faults.filter(pl.col("kind") == UNEXPLAINED_SHARE)
        parts = [earlier, self._outages(state, over)]
        if isinstance(first, date):
            state, fresh = self._shares(state, first, mark, earlier)
            parts = [earlier.filter(pl.col("day") < first), fresh, parts[1]]
        return replace(state, faults=pl.concat(parts).sort("day", "system", "kind"))

    def _shares(self, state: State, first: date, mark: datetime, earlier: pl.DataFrame) -> tuple[State, pl.DataFrame]:
        """The state with what was unexplained on each day from the first, and the faults among these days."""
        rows = state.system_days.filter(pl.col("day") >= first)
        due = rows.join(self._grace_table(rows), on=SYSTEM_DAY).rename({"grace_end": "decided_at"})
        due = due.filter(pl.col("decided_at") <= mark)
        unexplained = state.contributions.filter(pl.col("family").is_in(ORDINARY) & (pl.col("day") >= first))
        desks = desks_of(state.looked.filter(pl.col("day") >= first), unexplained, due)
        usual = state.system_days.filter(
            (pl.col("day") < first) & (pl.col("day") >= first - timedelta(days=self._settings.window_days))
        ).join(earlier, on=SYSTEM_DAY, how="anti")
        found = faulty_days(desks, usual, self._settings).join(due, on=SYSTEM_DAY, maintain_order="left")
        faulty = with_mend(found, unexplained).with_columns(
            pl.lit(UNEXPLAINED_SHARE).alias("kind"), pl.col("lookups").alias("records")
        )
        return replace(state, system_days=_decided(state, due, desks)), faulty.select(list(FAULTS))

    def _outages(self, state: State, over: date) -> pl.DataFrame:
        last_seen = state.system_days.filter(pl.col("records") > 0)["day"].max()
        if not isinstance(last_seen, date):
            last_seen = over
        found = outages(state.system_days, over, last_seen, self._calendar, self._settings)
        return found.with_columns(
            self._end_of("day").alias("decided_at"),
            self._end_of("mended_on").alias("mended_at"),
            bucket_of(pl.col("day")),
        ).select(list(FAULTS))

    def _end_of(self, day: str) -> pl.Expr:
        return self._calendar.instant(pl.col(day) + pl.duration(days=1))


def _decided(state: State, due: pl.DataFrame, desks: pl.DataFrame) -> pl.DataFrame:
    """The system days with what was unexplained on those that are due."""
    counted = desks.group_by(SYSTEM_DAY).agg(pl.col("unexplained").sum())
    fresh = due.select(*SYSTEM_DAY).join(counted, on=SYSTEM_DAY, how="left")
    fresh = fresh.with_columns(pl.col("unexplained").fill_null(0).alias("now")).drop("unexplained")
    return (
        state.system_days.join(fresh, on=SYSTEM_DAY, how="left", maintain_order="left")
        .with_columns(pl.coalesce("now", "unexplained").alias("unexplained"))
        .select(list(SYSTEM_DAYS))
    )


def _employee_days(state: State, muted: pl.DataFrame) -> pl.DataFrame:
    """Everybody's decided volume days among these days."""
    if muted.is_empty():
        return state.features[["employee", "day"]].clear()
    return state.features.filter(pl.col("day").is_in(muted["day"].unique().implode())).select("employee", "day")
