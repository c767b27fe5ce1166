"""The agency's calendar: local days, working days and the end of a grace period, as columns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import holidays
import polars as pl
from holidays.registry import EntityLoader

from services.core.contract import INSTANT
from services.core.errors import InputError

OPENING_HOUR, CLOSING_HOUR = 6, 19
"""Office hours of a weekday: from the first, up to the second."""


def timezone_fault(name: str) -> str | None:
    """What is wrong with a time zone, and what would be right; null if it is known."""
    return None if name in available_timezones() else f"{name!r} is not known; write one like Europe/Amsterdam"


def country_fault(code: str) -> str | None:
    """What is wrong with a country, and what would be right; null if its holidays are known."""
    known = code in EntityLoader.get_country_codes(include_aliases=True)  # holidays' own list loads every country
    return None if known else f"no holidays are known of {code!r}; write a code like NL"


class AgencyCalendar:
    """Local days and working days of one agency (default: Europe/Amsterdam, Dutch public holidays).

    Raises InputError, with both faults at once, for a time zone or country that is not known.
    """

    def __init__(
        self,
        timezone: str = "Europe/Amsterdam",
        country: str = "NL",
        opening_hour: int = OPENING_HOUR,
        closing_hour: int = CLOSING_HOUR,
        extra_closed_days: Iterable[date] = (),
    ) -> None:
        found = {"timezone": timezone_fault(timezone), "country": country_fault(country)}
        if faults := [f"{name}: {fault}" for name, fault in found.items() if fault]:
            raise InputError(*faults)
        self.timezone = timezone
        self._zone = ZoneInfo(timezone)
        self._office_hours = (opening_hour, closing_hour)
        self._holidays = holidays.country_holidays(country)
        self._closed = frozenset(extra_closed_days)

    def local_day(self, at: pl.Expr) -> pl.Expr:
        """Date on the agency's wall calendar."""
        return at.dt.convert_time_zone(self.timezone).dt.date()

    def date_of(self, at: datetime) -> date:
        """Date of one moment (with a zone) on the agency's wall calendar."""
        return at.astimezone(self._zone).date()

    def wall_clock(self, at: pl.Expr) -> pl.Expr:
        """What the agency's clock and calendar show, without a zone: its parts are cheap to ask for."""
        return at.dt.convert_time_zone(self.timezone).dt.replace_time_zone(None)

    def off_hours(self, local: pl.Expr, day: pl.Series) -> pl.Expr:
        """Outside office hours, in a weekend or on a public holiday; `local` as of `wall_clock`, `day` its dates."""
        opening, closing = self._office_hours
        free = [date for date in day.unique().drop_nulls() if not self.is_working_day(date)]
        return ~local.dt.hour().is_between(opening, closing - 1) | pl.lit(day.is_in(free))

    def instant(self, day: pl.Expr, hour: int = 0) -> pl.Expr:
        """The UTC moment at which the agency's clock shows `hour` on `day` (no Dutch clock change touches 0 or 6 h)."""
        local = day.cast(pl.Datetime("us")) + pl.duration(hours=hour)
        return local.dt.replace_time_zone(self.timezone).dt.convert_time_zone("UTC").cast(INSTANT)

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday, no public holiday and not closed otherwise."""
        return day.weekday() < 5 and day not in self._closed and day not in self._holidays

    def is_open(self, at: datetime) -> bool:
        """Whether a moment (with a zone) lies in office hours of a working day."""
        local = at.astimezone(self._zone)
        opening, closing = self._office_hours
        return opening <= local.hour < closing and self.is_working_day(local.date())

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        following = day + timedelta(days=1)
        while not self.is_working_day(following):
            following += timedelta(days=1)
        return following

    def working_day_after(self, day: date, count: int) -> date:
        """The `count`-th working day after a day; count 0 is the day itself."""
        for _ in range(count):
            day = self.next_working_day(day)
        return day

    def working_days_after(self, days: Iterable[date], count: int) -> pl.DataFrame:
        """Table (day, graced): for each distinct day the `count`-th working day after it; count 0 is the day itself."""
        rows = [(day, self.working_day_after(day, count)) for day in sorted(set(days))]
        return pl.DataFrame(rows, schema={"day": pl.Date, "graced": pl.Date}, orient="row")
