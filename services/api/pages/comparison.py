"""The days that a volume is compared with into the places of a chart: a bar per day, and two levels across them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import msgspec

from services.api.pages import frame
from services.api.pages.days import Days, Mark
from services.core.reading import REVEAL_RATE

HEADROOM = 1.12
"""Room for the number on top of the highest bar, as a factor of the highest value."""
MOST_LEVELS = 5
WIDEST_BAR = 36.0
BAR_SHARE = 0.7
"""How much of its day a bar takes."""
THINNEST_MARKED = 20.0
"""Markers on days narrower than this would hide the lines."""
MANY = 100_000
"""From here on the axis counts in thousands: longer numbers do not fit beside it."""
OF_EXPORTS, ONE_BY_ONE = "bulk-export", "files-one-by-one"
"""The rule that counts what was taken out, and its factor where that is files of persons and not records."""
UNITS: Mapping[str, str] = {OF_EXPORTS: "records", REVEAL_RATE: "identities"}
"""What the days of a rule count; of the others persons without explanation."""


class Compared(msgspec.Struct, frozen=True):
    """One day of a signal's `comparison`."""

    day: date
    own: int
    expected: float
    peers: float


class Named(msgspec.Struct, frozen=True):
    """A factor of a signal, by name."""

    factor: str


@dataclass(frozen=True)
class DayBar:
    """One day, and where its numbers stand; `x` is the middle of the bar."""

    told: Compared
    x: float
    own_y: float
    expected_y: float
    peers_y: float
    marked: bool
    of_signal: bool


@dataclass(frozen=True)
class Level:
    """A labelled height of the axis of numbers; `value` is in units of the chart's `scale`."""

    y: float
    value: int


@dataclass(frozen=True)
class ComparisonChart:
    """Everything that is drawn; lengths are those of the drawing."""

    unit: str
    scale: int
    bars: tuple[DayBar, ...]
    levels: tuple[Level, ...]
    marks: tuple[Mark, ...]
    weekends: tuple[float, ...]
    day_width: float
    bar_width: float

    @property
    def of_signal(self) -> DayBar:
        """The day that the signal is about: the last one."""
        return self.bars[-1]

    @property
    def expected(self) -> list[tuple[float, float]]:
        """The line of what was expected."""
        return [(bar.x, bar.expected_y) for bar in self.bars]

    @property
    def peers(self) -> list[tuple[float, float]]:
        """The line of the peers' means."""
        return [(bar.x, bar.peers_y) for bar in self.bars]


def comparison_chart(unit: str, rows: object) -> ComparisonChart | None:
    """The chart of a signal's `comparison` as the API keeps it, in order of days; none where nothing is compared."""
    compared = msgspec.convert(rows, list[Compared])
    if not compared:
        return None
    days = Days(compared[0].day, compared[-1].day)
    top = max(1.0, *(max(row.own, row.expected, row.peers) for row in compared)) * HEADROOM
    scale = 1_000 if top >= MANY else 1
    return ComparisonChart(
        unit=unit,
        scale=scale,
        bars=tuple(_bar(days, row, top, of_signal=row is compared[-1]) for row in compared),
        levels=tuple(Level(_y(value, top), value // scale) for value in _levels(top)),
        marks=days.marks(),
        weekends=days.weekends(),
        day_width=days.width,
        bar_width=min(days.width * BAR_SHARE, WIDEST_BAR),
    )


def unit_of(signal: Mapping[str, object]) -> str:
    """What a signal's comparison counts: `persons` without explanation, `records` or `files` taken out, or `identities`
    opened."""
    unit = UNITS.get(str(signal["rule"]), "persons")
    factors = msgspec.convert(signal["factors"], list[Named]) if signal["rule"] == OF_EXPORTS else []
    return "files" if any(each.factor == ONE_BY_ONE for each in factors) else unit


def _bar(days: Days, row: Compared, top: float, *, of_signal: bool) -> DayBar:
    return DayBar(
        told=row,
        x=days.x(row.day) + days.width / 2,
        own_y=_y(row.own, top),
        expected_y=_y(row.expected, top),
        peers_y=_y(row.peers, top),
        marked=of_signal or days.width >= THINNEST_MARKED,
        of_signal=of_signal,
    )


def _y(value: float, top: float) -> float:
    return frame.BOTTOM - value / top * frame.HEIGHT


def _levels(top: float) -> range:
    """Whole numbers from 0 to the top, at 1, 2 or 5 times a power of ten."""
    power = 10 ** max(0, math.floor(math.log10(top / MOST_LEVELS)))
    step = next(step for step in (power, 2 * power, 5 * power, 10 * power) if top / step <= MOST_LEVELS)
    return range(0, math.floor(top) + 1, step)
