"""Looks into the places of a chart: a dot per look by date and hour of the day, moments joined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise

from services.api.pages import frame
from services.api.pages.days import Days, Mark
from services.api.pages.looks import Look, Tally, tally

BESIDE, BELOW = 14.0, 10.0
"""Dots at these distances do not touch; beside each other, where the day is wide enough, their line is seen too."""
MOMENT_GAP = timedelta(minutes=30)
"""The counting rule's: looks at the same file with no longer gap are one moment."""


@dataclass(frozen=True)
class Dot:
    """One look, and where it stands."""

    x: float
    y: float
    look: Look


@dataclass(frozen=True)
class Timeline:
    """Everything that is drawn; lengths are those of the drawing."""

    dots: tuple[Dot, ...]
    joins: tuple[tuple[Dot, Dot], ...]
    marks: tuple[Mark, ...]
    days: tuple[float, ...]
    weekends: tuple[float, ...]
    day_width: float
    tally: Tally


def timeline(looks: Sequence[Look], *, one_file: bool) -> Timeline:
    """The chart of at least one look, in order of time; only looks of one employee at one file make moments."""
    days = Days(looks[0].at.date(), looks[-1].at.date())
    dots = tuple(dot for day, of_day in groupby(looks, _day) for dot in _placed(list(of_day), days.x(day), days.width))
    return Timeline(
        dots=dots,
        joins=tuple(pair for pair in pairwise(dots) if one_file and _in_one_moment(*pair)),
        marks=days.marks(),
        days=days.starts(),
        weekends=days.weekends(),
        day_width=days.width,
        tally=tally(looks),
    )


def _day(look: Look) -> date:
    return look.at.date()


def _in_one_moment(one: Dot, other: Dot) -> bool:
    """Whether a line joins them; a moment over midnight is not drawn across the page."""
    return _day(one.look) == _day(other.look) and other.look.at - one.look.at <= MOMENT_GAP


def _placed(looks: Sequence[Look], start: float, width: float) -> Iterator[Dot]:
    """The looks of one day, beside each other in the day's column where they would cover each other."""
    lowest: list[float] = []
    places = []
    for look in looks:
        y = frame.down(look.hour)
        lane = next((lane for lane, last in enumerate(lowest) if y - last >= BELOW), len(lowest))
        lowest[lane : lane + 1] = [y]
        places.append((lane, y))
    beside = min(BESIDE, max(width - BELOW, 0) / max(len(lowest) - 1, 1))
    leftmost = start + width / 2 - (len(lowest) - 1) / 2 * beside
    for look, (lane, y) in zip(looks, places, strict=True):
        yield Dot(leftmost + lane * beside, y, look)
