"""The looks of one day into the places of a chart: a bar per hour, stacked by state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from services.api.pages import frame
from services.api.pages.looks import WEEKEND, Look, Tally, tally
from services.core.contract import STATES

HEADROOM = 18.0
"""Room for the number on top of the highest bar."""


@dataclass(frozen=True)
class Part:
    """The looks of one state in one hour, as a piece of a bar."""

    y: float
    height: float
    state: str


@dataclass(frozen=True)
class Bar:
    """One hour with looks in it."""

    hour: int
    x: float
    count: int
    parts: tuple[Part, ...]

    @property
    def top(self) -> float:
        """Where the bar ends."""
        return min(part.y for part in self.parts)


@dataclass(frozen=True)
class DayBars:
    """Everything that is drawn; lengths are those of the drawing."""

    day: date
    weekend: bool
    bars: tuple[Bar, ...]
    busiest: Bar
    tally: Tally


def day_bars(looks: Sequence[Look]) -> DayBars:
    """The chart of at least one look, all of one local day."""
    day = looks[0].at.date()
    counts = Counter((look.at.hour, look.state) for look in looks)
    per_hour = Counter(look.at.hour for look in looks)
    unit = (frame.HEIGHT - HEADROOM) / max(per_hour.values())
    bars = tuple(
        Bar(hour, frame.across(hour), per_hour[hour], tuple(_parts(counts, hour, unit))) for hour in sorted(per_hour)
    )
    return DayBars(day, day.weekday() >= WEEKEND, bars, max(bars, key=lambda bar: bar.count), tally(looks))


def _parts(counts: Counter[tuple[int, str]], hour: int, unit: float) -> Iterator[Part]:
    bottom = frame.BOTTOM
    for state in reversed(STATES):
        if count := counts[hour, state]:
            bottom -= count * unit
            yield Part(bottom, count * unit, state)
