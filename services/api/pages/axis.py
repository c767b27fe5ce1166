"""A span of days into the ticks of an axis, at starts of days, weeks, months or years: as many as can be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

MOST_TICKS = 14
"""As many labels as fit beside each other on the width of a chart."""
MONDAY = 0


@dataclass(frozen=True)
class Tick:
    """A labelled day; `unit` says how much of its date the label shows: `day`, `week`, `month` or `year`."""

    day: date
    unit: str


def ticks(first: date, last: date) -> list[Tick]:
    """Ticks from `first` to `last`, at most `MOST_TICKS`."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    for unit, begins in UNITS:
        if len(found := [day for day in days if begins(day)]) <= MOST_TICKS:
            return [Tick(day, unit) for day in found]
    return [Tick(day, "year") for day in _thinned([day for day in days if _of_year(day)])]


def _thinned(days: Sequence[date]) -> Sequence[date]:
    return days[:: -(-len(days) // MOST_TICKS)]


def _of_week(day: date) -> bool:
    return day.weekday() == MONDAY


def _of_month(day: date) -> bool:
    return day.day == 1


def _of_quarter(day: date) -> bool:
    return day.day == 1 and day.month % 3 == 1


def _of_year(day: date) -> bool:
    return (day.month, day.day) == (1, 1)


UNITS: tuple[tuple[str, Callable[[date], bool]], ...] = (
    ("day", lambda _day: True),
    ("week", _of_week),
    ("month", _of_month),
    ("month", _of_quarter),
    ("year", _of_year),
)
