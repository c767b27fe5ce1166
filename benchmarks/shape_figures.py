"""Work of people on files (who, which file, when) into the figures that describe its shape."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

FEWEST_DAYS = 20
"""Days at work below which an employee says nothing about spread or absence."""

WEEKDAYS = 5


@dataclass(frozen=True)
class Work:
    """Frames of one log: `rows` (employee, file, at in local time, day) and what is counted from it."""

    rows: pl.DataFrame
    touched: pl.DataFrame
    """employee, file, day: each once."""
    days: pl.DataFrame
    """employee, day, files: distinct files of a day at work."""


def work_of(rows: pl.DataFrame) -> Work:
    """Columns employee, file, at (local time without a zone) into the tables that all figures share."""
    rows = rows.drop_nulls().with_columns(day=pl.col("at").dt.date())
    touched = rows.select("employee", "file", "day").unique().sort("employee", "file", "day")
    return Work(rows, touched, touched.group_by("employee", "day").agg(files=pl.len()).sort("employee", "day"))


def files_a_day(work: Work) -> float:
    """Mean distinct files of an employee's day at work."""
    return _mean(work.days["files"])


def spread_of_days(work: Work) -> float:
    """Variance over mean of an employee's days, the median over employees."""
    regular = work.days.group_by("employee").agg(
        spread=pl.col("files").var() / pl.col("files").mean(), days=pl.len(), mean=pl.col("files").mean()
    )
    return _median(regular.filter(pl.col("days") >= FEWEST_DAYS)["spread"])


def spread_of_pace(work: Work) -> float:
    """The day's relative spread beyond chance: sqrt((variance - mean) / mean^2), the median over employees."""
    regular = work.days.group_by("employee").agg(v=pl.col("files").var(), m=pl.col("files").mean(), days=pl.len())
    beyond = (pl.col("v") - pl.col("m")).clip(0) / pl.col("m") ** 2
    return _median(regular.filter(pl.col("days") >= FEWEST_DAYS).select(beyond.sqrt()).to_series())


def repeats(days: int) -> Callable[[Work], float]:
    """Share of days on a file that come within so many days after the same employee's last day on it."""

    def share(work: Work) -> float:
        gap = (pl.col("day") - pl.col("day").shift(1).over("employee", "file")).dt.total_days()
        return _mean(work.touched.select((gap <= days).fill_null(value=False)).to_series())

    return share


def shared_files(work: Work) -> float:
    """Share of files that more than one employee opened."""
    return _mean(work.touched.group_by("file").agg(many=pl.col("employee").n_unique() > 1)["many"])


def busiest_tenth(work: Work) -> float:
    """Share of all days on files that falls to the busiest tenth of the employees."""
    done = np.sort(work.touched.group_by("employee").len()["len"].to_numpy())[::-1]
    return float(done[: max(1, round(len(done) / 10))].sum() / done.sum())


def rows_a_file(work: Work) -> float:
    """Mean log lines of an employee's day on a file."""
    return work.rows.height / max(1, work.touched.height)


def by_day(work: Work) -> float:
    """Share of the lines from 07:00 to 19:00, dates without a time left out."""
    timed = work.rows.filter(pl.col("at").dt.time() != pl.time(0, 0))
    return _mean(timed["at"].dt.hour().is_between(7, 18))


def at_weekends(work: Work) -> float:
    """Share of the lines on Saturday and Sunday."""
    return _mean(work.rows["day"].dt.weekday() > WEEKDAYS)


def weekday_against_others(weekday: int) -> Callable[[Work], float]:
    """Files of one weekday (1 is Monday) against the mean of Monday to Friday."""

    def ratio(work: Work) -> float:
        daily = _agency_days(work).group_by(weekday=pl.col("day").dt.weekday()).agg(pl.col("files").mean())
        mine = _mean(daily.filter(pl.col("weekday") == weekday)["files"])
        return mine / _mean(daily["files"])

    return ratio


def spread_of_agency(work: Work) -> float:
    """Relative spread (standard deviation over mean) of the whole desk's working days."""
    files = _agency_days(work)["files"].cast(pl.Float64)
    return math.sqrt(_mean((files - _mean(files)) ** 2)) / _mean(files)


def month_start(work: Work) -> float:
    """Files on the first three working days of a month against its other working days."""
    days = _agency_days(work).with_columns(
        place=pl.col("day").rank("ordinal").over(pl.col("day").dt.truncate("1mo")), month=pl.col("day").dt.day()
    )
    first = (pl.col("place") <= 3) & (pl.col("month") <= 5)  # a log that begins halfway a month has no start of it
    return _mean(days.filter(first)["files"]) / _mean(days.filter(~first)["files"])


def absence(work: Work) -> float:
    """Share of Mondays to Fridays between an employee's first and last day without any line."""
    spans = _spans(work)
    return 1 - float(spans["there"].sum()) / float(spans["room"].sum())


def days_off(work: Work) -> float:
    """Share of the employees with a weekday (or more) off: on it they are there less than a third as often."""
    per = _on_weekdays(work).group_by("employee", weekday=pl.col("day").dt.weekday()).len()
    grid = _spans(work).select("employee").join(pl.DataFrame({"weekday": range(1, WEEKDAYS + 1)}), how="cross")
    grid = grid.with_columns(pl.col("weekday").cast(pl.Int8)).join(per, on=["employee", "weekday"], how="left")
    seldom = pl.col("len").fill_null(0).min() < pl.col("len").fill_null(0).max() / 3
    return _mean(grid.group_by("employee").agg(off=seldom)["off"])


def _spans(work: Work) -> pl.DataFrame:
    """employee, there, room: days at work and Mondays to Fridays from the first to the last, of regular employees."""
    spans = (
        _on_weekdays(work).group_by("employee").agg(first=pl.col("day").min(), last=pl.col("day").max(), there=pl.len())
    )
    room = pl.business_day_count("first", pl.col("last").dt.offset_by("1d"))
    return spans.with_columns(room=room).filter(pl.col("there") >= FEWEST_DAYS, pl.col("there") >= pl.col("room") / 3)


def _on_weekdays(work: Work) -> pl.DataFrame:
    return work.days.filter(pl.col("day").dt.weekday() <= WEEKDAYS)


def _agency_days(work: Work) -> pl.DataFrame:
    """day, files: Mondays to Fridays on which the desk was open (a fifth of the usual number at least)."""
    days = _on_weekdays(work).group_by("day").agg(pl.col("files").sum())
    return days.filter(pl.col("files") >= pl.col("files").median() / 5).sort("day")


def _mean(values: pl.Series) -> float:
    return float(values.cast(pl.Float64).to_numpy().mean()) if len(values) else float("nan")


def _median(values: pl.Series) -> float:
    return float(np.median(values.to_numpy())) if len(values) else float("nan")


FIGURES: dict[str, Callable[[Work], float]] = {
    "files on an employee's day (mean)": files_a_day,
    "variance / mean of an employee's days (median)": spread_of_days,
    "spread of an employee's days beyond chance": spread_of_pace,
    "share of days on a file again within 7 days": repeats(7),
    "share of days on a file again within 30 days": repeats(30),
    "files that several employees opened": shared_files,
    "work of the busiest tenth of employees": busiest_tenth,
    "lines per file and day": rows_a_file,
    "lines from 07:00 to 19:00": by_day,
    "lines at weekends": at_weekends,
    "Monday against the mean weekday": weekday_against_others(1),
    "Friday against the mean weekday": weekday_against_others(5),
    "spread of the desk's working days": spread_of_agency,
    "first working days of a month against the others": month_start,
    "working days without a line (absence, part-time)": absence,
    "employees with a weekday off": days_off,
}
"""What is measured, by the name it has in the table."""
