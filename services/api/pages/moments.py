"""Dates and times as people type them into moments of the agency's clock, and back."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

WRITTEN = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d-%m-%Y %H:%M")
"""What a browser's field sends, and what a reader writes where the browser has no such field."""
FIRST_YEAR, LAST_YEAR = 1970, 2199


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


def as_typed(moment: datetime, timezone: ZoneInfo) -> str:
    """A moment as a browser's field wants it."""
    return moment.astimezone(timezone).strftime(WRITTEN[0])
