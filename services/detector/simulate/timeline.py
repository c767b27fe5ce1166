"""A run of whole weeks on the agency's calendar: day numbers and seconds of the wall clock into UTC moments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from services.core.calendar import AgencyCalendar
from services.detector.simulate.dice import Dice, Floats, Ints

SECOND = 10**6
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
"""Moments are integers: microseconds since 1970 in UTC. Seconds of a day are those of the local wall clock."""

WEEK_BEFORE_CLOCK_CHANGE = (date(2025, 3, 24), date(2025, 10, 20))
"""Mondays of the weeks that end in the change to summer time and to winter time of 2025."""

BEFORE, AFTER = 12_000, 400
"""Days known before the run (someone may have been hired 30 years ago) and after it."""


@dataclass(frozen=True)
class Timeline:
    """Day 0 is the first Monday; days before the run are negative."""

    first: date
    days: int
    working: Ints
    """Numbers of the days of the run that are working days."""
    _midnights: Ints
    _noons: Ints

    def at(self, day: Ints, seconds: Floats) -> Ints:
        """Moments at which the wall clock shows `seconds` after midnight; on clock-change days right from 03:00."""
        return self._noons[day + BEFORE] + ((seconds - 12 * 3600) * SECOND).astype(np.int64)

    def midnight(self, day: Ints) -> Ints:
        """Moments at which the days begin."""
        return self._midnights[day + BEFORE]

    def day_of(self, moment: Ints) -> Ints:
        """Numbers of the local days that hold the moments."""
        return np.searchsorted(self._midnights, moment, side="right") - 1 - BEFORE

    def month(self, day: Ints) -> Ints:
        """Months (1 to 12) of the days."""
        return self._dates(day).dt.month().cast(pl.Int64).to_numpy()

    def day_of_month(self, day: Ints) -> Ints:
        """Days of the month, from 1."""
        return self._dates(day).dt.day().cast(pl.Int64).to_numpy()

    def _dates(self, day: Ints) -> pl.Series:
        return pl.Series(np.datetime64(self.first) + day.astype("timedelta64[D]"))


def make_timeline(rng: Dice, weeks: int) -> Timeline:
    """A run of `weeks` weeks that starts on a Monday of 2025, four times out of five around a clock change."""
    calendar, first, days = AgencyCalendar(), _first_monday(rng, weeks), 7 * weeks
    dates = pl.date_range(first - timedelta(days=BEFORE), first + timedelta(days=days + AFTER), eager=True)
    moments = pl.DataFrame({"day": dates}).select(
        midnight=calendar.instant(pl.col("day")).cast(pl.Int64), noon=calendar.instant(pl.col("day"), 12).cast(pl.Int64)
    )
    working = [day for day in range(days) if calendar.is_working_day(first + timedelta(days=day))]
    return Timeline(first, days, np.array(working), moments["midnight"].to_numpy(), moments["noon"].to_numpy())


def _first_monday(rng: Dice, weeks: int) -> date:
    if weeks >= 2 and rng.random() < 0.8:
        change = WEEK_BEFORE_CLOCK_CHANGE[int(rng.integers(2))]
        return change - timedelta(weeks=int(rng.integers(min(weeks - 1, 8))))
    return date(2025, 1, 6) + timedelta(weeks=int(rng.integers(51)))
