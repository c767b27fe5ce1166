"""The stage of people who leave: judges their last weeks day after day, behind the watermark."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from services.core.calendar import AgencyCalendar
from services.detector.leavers.counts import KEY, amounts
from services.detector.leavers.norm import THOUSAND, with_norm
from services.detector.members import PERSONS, RECORDS
from services.detector.registers import Registers
from services.detector.rules import LEAVER
from services.detector.settings import AgencySettings
from services.detector.state.schemas import VOLUME_DAYS
from services.detector.state.tables import State, bucket_of
from services.detector.volume.compare import SPAN_DAYS, peer_means, with_comparison
from services.detector.volume.features import decision_times


class LeaverStage:
    """Raises one signal per employee and last day, on the first day that sufficed."""

    def __init__(self, settings: AgencySettings, calendar: AgencyCalendar) -> None:
        self._settings = settings.leaver
        self._grace = settings.longest_grace
        self._calendar = calendar

    def run(self, before: State, state: State, news: pl.DataFrame, registers: Registers) -> State:
        """The state with everybody judged whose last weeks days that are now decided, or news, are about.

        `news` holds employee and day of lookups that are new, judged again or gone; `before` is the state before these.
        """
        decided, was = state.progress.decided_day, before.progress.decided_day
        touched = news.filter(pl.col("day") <= was).select("employee", "day") if was else None
        if decided is None or (decided == was and (touched is None or touched.is_empty())):
            return state
        ends = self._ends(registers).filter(pl.col("since") <= decided)
        told = state.volume_days.filter(pl.col("family") == LEAVER)
        if ends.is_empty() and told.is_empty():
            return state
        concerned = _concerned(ends, told, touched, was, decided)
        if concerned.is_empty():
            return state
        of_them = pl.col("employee").is_in(concerned.implode())
        kept = state.volume_days.filter(~(of_them & (pl.col("family") == LEAVER)))
        found = self._found(state, ends.filter(of_them), decided)
        return replace(state, volume_days=pl.concat([kept, found]).sort("day", "employee", "family"))

    def _ends(self, registers: Registers) -> pl.DataFrame:
        """Ends of employment with last_day, since (the first of the last weeks) and history_from."""
        last_day = self._calendar.local_day(pl.col("left_at") - pl.duration(microseconds=1))
        weeks, history = (
            pl.lit(timedelta(days=days)) for days in (self._settings.days - 1, self._settings.history_days)
        )
        return registers.leavers.with_columns(last_day.alias("last_day")).with_columns(
            (pl.col("last_day") - weeks).alias("since"), (pl.col("last_day") - weeks - history).alias("history_from")
        )

    def _found(self, state: State, ends: pl.DataFrame, decided: date) -> pl.DataFrame:
        """Frame of VOLUME_DAYS: the ends of employment of which enough is unexplained."""
        days = state.features.filter(pl.col("day").is_between(ends["since"].min(), ends["last_day"].max()))["day"]
        times = decision_times(days.filter(days <= decided).unique(), self._calendar, self._grace)
        so_far = amounts(state, ends, times)
        enough = (pl.col("persons") >= self._settings.min_persons) | (pl.col("records") >= self._settings.min_records)
        leaving = ends.join(so_far.filter(enough), on=KEY, how="semi")
        if leaving.is_empty():
            return pl.DataFrame(schema=VOLUME_DAYS)
        working = [self._working_days(*row) for row in leaving.select("since", "last_day").iter_rows()]
        normed = with_norm(leaving.with_columns(pl.Series("working_days", working)), state, self._settings)
        return self._rows(state, so_far.drop("since").join(normed, on=KEY))

    def _rows(self, state: State, days: pl.DataFrame) -> pl.DataFrame:
        by_persons = pl.col("persons") >= pl.col("persons_least")
        first = (
            days.filter(by_persons | (pl.col("records") >= pl.col("records_least")))
            .sort("upto")
            .unique(KEY, keep="first", maintain_order=True)
        )
        measured = first.with_columns(
            pl.when(by_persons).then(pl.lit(PERSONS)).otherwise(pl.lit(RECORDS)).alias("counted"),
            pl.when(by_persons).then("persons_least").otherwise("records_least").alias("least"),
            pl.when(by_persons).then("persons_expected").otherwise("records_expected").alias("expected"),
        ).with_columns(
            pl.lit(LEAVER).alias("family"),
            pl.col("last_day").alias("day"),
            pl.col("last_day").alias("until"),
            pl.max_horizontal("decided_at", "known_from").alias("decided_at"),
            (pl.col("expected") * THOUSAND).round().cast(pl.Int64).alias("expected"),
            bucket_of(pl.col("last_day")),
        )
        compared = _compared(measured.join(_opened(state, measured), on=KEY), state)
        return compared.select(pl.col(name).cast(kind) for name, kind in VOLUME_DAYS.items())

    def _working_days(self, first: date, last: date) -> int:
        days = (first + timedelta(days=place) for place in range((last - first).days + 1))
        return sum(self._calendar.is_working_day(day) for day in days)


def _concerned(
    ends: pl.DataFrame, told: pl.DataFrame, touched: pl.DataFrame | None, was: date | None, decided: date
) -> pl.Series:
    """Employees of whom a day is newly decided, or of whose comparison a day has news."""
    closing = ends.filter(pl.col("last_day") > was) if was else ends
    parts = [closing["employee"] if decided != was else ends["employee"].clear()]
    if touched is not None and not touched.is_empty():
        first, last = touched["day"].min(), touched["day"].max()
        parts.append(ends.filter((pl.col("history_from") <= last) & (pl.col("last_day") >= first))["employee"])
        parts.append(told.join(touched, on="employee", how="semi")["employee"])
    return pl.concat(parts).unique()


def _opened(state: State, found: pl.DataFrame) -> pl.DataFrame:
    """Persons opened (each day apart) in the last weeks until the decision."""
    days = found.select(*KEY, "since", "upto").join(state.features, on="employee")
    days = days.filter(pl.col("day").is_between("since", "upto"))
    return days.group_by(KEY).agg(pl.col("workload").sum())


def _compared(found: pl.DataFrame, state: State) -> pl.DataFrame:
    """Adds `comparison`: persons without explanation per day, the usual number, and the mean of the peers."""
    if found.is_empty():
        return found.with_columns(pl.lit(None, VOLUME_DAYS["comparison"]).alias("comparison"))
    first = found["day"].min()
    recent = state.features.filter(pl.col("day") > pl.lit(first) - pl.lit(timedelta(days=SPAN_DAYS)))
    places = state.attendance.select("employee", "day", "role", "department")
    daily = peer_means(recent.join(places, on=["employee", "day"]), "unexplained", ["role", "department"])
    usual = found.select("employee", "last_day", pl.col("daily").alias("expected"))
    parts = [
        with_comparison(row, daily.join(usual.filter(pl.col("last_day") == row["last_day"][0]), on="employee").select(
            "employee", "day", "peers", pl.col("unexplained").alias("own"), "expected"
        ))
        for row in found.iter_slices(1)
    ]  # fmt: skip
    return pl.concat(parts)
