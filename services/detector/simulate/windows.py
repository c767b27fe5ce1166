"""Lawful visits into the periods in which someone's work was out of the ordinary: busy days, off hours, first weeks."""

from __future__ import annotations

import numpy as np
import polars as pl

from services.detector.simulate.agency import Agency
from services.detector.simulate.dice import Floats, Ints
from services.detector.simulate.timeline import HOUR
from services.detector.simulate.visits import column

BUSY_TIMES, BUSY_MORE = 2.2, 8
"""A busy day has over 2.2 times the employee's median of people seen, and at least 8 more."""

OFFICE_OPENS, OFFICE_CLOSES = 7 * 3600.0, 19 * 3600.0
FIRST_WEEKS_DAYS = 28

WINDOW = {"kind": pl.String, "employee": pl.Int64, "from": pl.Int64, "to": pl.Int64}


def odd_periods(agency: Agency, lawful: pl.DataFrame) -> pl.DataFrame:
    """Columns kind, employee, from, to (moments)."""
    return pl.concat([_busy_days(agency, lawful), _off_hours(agency, lawful), _first_weeks(agency)])


def _busy_days(agency: Agency, lawful: pl.DataFrame) -> pl.DataFrame:
    days = lawful.group_by("employee", "workday").agg(people=pl.col("person").n_unique())
    usual = pl.col("people").median().over("employee")
    busy = days.filter(pl.col("people") > BUSY_TIMES * usual, pl.col("people") >= usual + BUSY_MORE).sort("workday")
    day = agency.workdays.day[column(busy, "workday")]
    return _windows(
        "busy_day", column(busy, "employee"), agency.timeline.midnight(day), agency.timeline.midnight(day + 1)
    )


def _off_hours(agency: Agency, lawful: pl.DataFrame) -> pl.DataFrame:
    day, timeline = agency.workdays.day[column(lawful, "workday")], agency.timeline
    at = column(lawful, "at")
    outside = (at < timeline.at(day, _same(OFFICE_OPENS, day))) | (at >= timeline.at(day, _same(OFFICE_CLOSES, day)))
    outside |= ~np.isin(day, timeline.working)
    spans = (
        lawful.filter(pl.Series(outside))
        .group_by("employee", "workday")
        .agg(begin=pl.col("at").min(), end=pl.col("at").max())
        .sort("workday")
    )
    return _windows("off_hours", column(spans, "employee"), column(spans, "begin"), column(spans, "end") + HOUR)


def _first_weeks(agency: Agency) -> pl.DataFrame:
    hired = agency.employment.hired
    new = np.flatnonzero(hired >= 0)
    midnight = agency.timeline.midnight
    return _windows("first_weeks", new, midnight(hired[new]), midnight(hired[new] + FIRST_WEEKS_DAYS))


def _same(seconds: float, day: Ints) -> Floats:
    return np.full(len(day), seconds)


def _windows(kind: str, employee: Ints, begin: Ints, end: Ints) -> pl.DataFrame:
    return pl.DataFrame({"kind": [kind] * len(employee), "employee": employee, "from": begin, "to": end}, schema=WINDOW)
