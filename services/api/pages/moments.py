"""Dates and times as people type them into moments of the agency's clock, and days into days of its calendar."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

WRITTEN = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d-%m-%Y %H:%M")
"""What a browser's field sends, and what a reader writes where the browser has no such field."""
DATES = ("%Y-%m-%d", "%d-%m-%Y")
FIRST_YEAR, LAST_YEAR = 1970, 2199
"""The years that a lookup, or what is done about it, can lie in."""


def moment_of(text: str, timezone: ZoneInfo) -> datetime:
    """The moment; an hour that the clock shows twice is the first of the two. Raises ValueError if it is none."""
    for form in WRITTEN:
        try:
            found = datetime.strptime(text, form).replace(tzinfo=timezone)
        except ValueError:
            continue
        if FIRST_YEAR <= found.year <= LAST_YEAR:
            return found
    raise ValueError("not a moment")


def day_of(text: str) -> date:
    """A day of the agency's calendar. Raises ValueError if it is none."""
    for form in DATES:
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day of the agency's calendar, not a moment
        except ValueError:
            continue
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            return day
    raise ValueError(text)
