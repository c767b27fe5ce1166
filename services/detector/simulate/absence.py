"""Leave and sickness: the days on which nobody can count on an employee, and what the register says about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.detector.simulate.dice import Dice, Flags, Floats, Ints
from services.detector.simulate.timeline import Timeline

LEAVE_WEEK, LEAVE_DAY, FALL_ILL, ILL_DAYS = 0.075, 0.03, 0.007, 4.5
"""Chance of a week and of a day of leave; of falling ill on a day, and for how many: with fixed days off some 30 % of
the weekdays, as on the least absent of the real desks (docs/simulation.md)."""

SUMMER_LEAVE, SUMMER = 2.0, (7, 8)
"""In July and August people take their weeks off so many times as often."""

RECORDED, RECORDED_LATE = 0.88, 0.15
"""Share of the spells that get into the register of absence, and of those that are written down afterwards."""

KINDS = ("leave", "sick")


@dataclass(frozen=True)
class Absence:
    """Per employee and day of the run."""

    leave: Flags
    ill: Flags

    @property
    def away(self) -> Flags:
        """On leave or ill."""
        either: Flags = self.leave | self.ill
        return either


@dataclass(frozen=True)
class Spells:
    """Unbroken absences: day numbers, `last` included; `kind` is a position in KINDS, `late` in days (0: in time)."""

    employee: Ints
    kind: Ints
    first: Ints
    last: Ints
    late: Ints


def make_absence(rng: Dice, employees: int, timeline: Timeline) -> Absence:
    """Weeks and days of leave, and illness of some days."""
    days = np.arange(timeline.days)
    chance: Floats = LEAVE_WEEK * np.where(np.isin(timeline.month(days[::7]), SUMMER), SUMMER_LEAVE, 1.0)
    leave = np.repeat(rng.random((employees, timeline.days // 7)) < chance, 7, axis=1)
    leave |= rng.random((employees, timeline.days)) < LEAVE_DAY
    falls_ill = rng.random((employees, timeline.days)) < FALL_ILL
    length = rng.geometric(1 / ILL_DAYS, (employees, timeline.days))
    recovered = np.maximum.accumulate(np.where(falls_ill, days + length, 0), axis=1)
    return Absence(leave, recovered > days)


def recorded_spells(rng: Dice, absence: Absence) -> Spells:
    """What the register of absence holds: not all of it, and some of it written down later."""
    found = [_spells(number, days) for number, days in enumerate((absence.leave, absence.ill))]
    employee, kind, first, last = (np.concatenate(parts) for parts in zip(*found, strict=True))
    kept = np.flatnonzero(rng.random(len(employee)) < RECORDED)
    late = np.where(rng.random(len(kept)) < RECORDED_LATE, rng.integers(1, 15, len(kept)), 0)
    return Spells(employee[kept], kind[kept], first[kept], last[kept], late)


def _spells(kind: int, days: Flags) -> tuple[Ints, Ints, Ints, Ints]:
    edges = np.diff(days.astype(np.int8), axis=1, prepend=0, append=0)
    employee, first = np.nonzero(edges == 1)
    _, end = np.nonzero(edges == -1)
    return employee, np.full(len(employee), kind), first, end - 1
