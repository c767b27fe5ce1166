"""A span of days into places along the width of a plot, in whole weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from services.api.pages import frame
from services.api.pages.axis import Tick, ticks
from services.api.pages.looks import WEEKEND

THINNEST_WEEKEND, THINNEST_DAY = 2.0, 8.0
"""Weekends, and lines between the days, of days narrower than this would be a grey haze."""


@dataclass(frozen=True)
class Mark:
    """A tick of the axis of dates, and where it stands."""

    x: float
    tick: Tick


class Days:
    """Whole weeks around some days, along the width of the plot."""

    def __init__(self, first: date, last: date) -> None:
        self.first = first - timedelta(days=first.weekday())
        self.last = last + timedelta(days=6 - last.weekday())
        self.count = (self.last - self.first).days + 1
        self.width = frame.WIDTH / self.count

    def x(self, day: date) -> float:
        """Where the day begins."""
        return frame.LEFT + (day - self.first).days * self.width

    def marks(self) -> tuple[Mark, ...]:
        """The labelled days."""
        return tuple(Mark(self.x(tick.day), tick) for tick in ticks(self.first, self.last))

    def starts(self) -> tuple[float, ...]:
        """Where each day begins but the first, if that can be told apart."""
        if self.width < THINNEST_DAY:
            return ()
        return tuple(frame.LEFT + number * self.width for number in range(1, self.count))

    def weekends(self) -> tuple[float, ...]:
        """Where each Saturday begins, if that can be told apart."""
        if self.width < THINNEST_WEEKEND:
            return ()
        weeks = range(self.count // 7)
        return tuple(self.x(self.first + timedelta(days=7 * week + WEEKEND)) for week in weeks)
