"""Contracts, leave, sickness and shifts into the days that each employee works."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.detector.simulate.absence import Absence
from services.detector.simulate.dice import Dice, Flags, Floats, Ints
from services.detector.simulate.employment import Employment
from services.detector.simulate.organisation import CALLS, Organisation
from services.detector.simulate.timeline import Timeline

WISH_FOR_DAY_OFF = np.array([0.7, 0.6, 1.6, 0.6, 1.8])
"""Monday to Friday: part-timers are mostly off on Wednesday and Friday."""

SATURDAY, BACKLOG_SATURDAY, EVENING, OVERTIME = 0.08, 0.02, 0.12, 0.02
"""Shares of days: Saturday shifts (call centre), Saturdays on which a team clears its backlog, evening shifts (call
centre), work that runs on in the evening."""

CHANGES_PLACE = 0.04
"""Share of days on which someone goes to the office after a morning at home, or the other way round."""

LUNCH_SECONDS = 35 * 60
FULL_DAY_SECONDS = 8 * 3600
NEVER = 10.0**6
"""Seconds; later than any day ends."""


@dataclass(frozen=True)
class Workdays:
    """One row per employee and day at work, in that order; start and end in seconds of the local wall clock."""

    employee: Ints
    day: Ints
    team: Ints
    start: Floats
    end: Floats
    remote: Flags
    """Where the day began."""
    moves: Floats
    """When the employee went to the other place; after the end of the day for those who stayed."""

    def __len__(self) -> int:
        return len(self.employee)

    def row(self, employee: Ints, day: Ints) -> Ints:
        """Row numbers of the employees' days; NONE where they did not work."""
        key = self.employee * KEY + self.day
        wanted = employee * KEY + day
        at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        return np.where(key[at] == wanted, at, -1)


KEY = 100_000
"""More than the days of the longest run: number * KEY + day orders by number, then day."""


def make_workdays(
    rng: Dice, organisation: Organisation, employment: Employment, absence: Absence, timeline: Timeline
) -> Workdays:
    """The days on which each employee is employed, rostered and not absent, with their shifts."""
    employees, days = np.arange(organisation.size)[:, None], np.arange(timeline.days)[None, :]
    rostered = ~_fixed_days_off(rng, organisation, timeline) | _saturdays(rng, organisation, timeline)
    there = rostered & ~absence.away & employment.employed(employees, days)
    employee, day = (part.astype(np.int64) for part in np.nonzero(there))
    start, end = _shifts(rng, organisation, employee, day)
    habit = rng.beta(2.0, 3.0, organisation.size) * np.where(organisation.role == CALLS, 0.5, 1.0)
    remote = rng.random(len(employee)) < habit[employee]
    changes = rng.random(len(employee)) < CHANGES_PLACE
    moves = np.where(changes, start + rng.uniform(0.3, 0.7, len(employee)) * (end - start), NEVER)
    return Workdays(employee, day, employment.team_on(organisation, employee, day), start, end, remote, moves)


def _fixed_days_off(rng: Dice, organisation: Organisation, timeline: Timeline) -> Flags:
    """Weekends, holidays, and the fixed days off of a contract; 36 hours has one in every other week."""
    n = organisation.size
    wish = rng.random((n, 5)) ** (1 / WISH_FOR_DAY_OFF)
    rank = np.argsort(np.argsort(-wish, axis=1), axis=1)
    days_off = (5 - organisation.hours // 8)[:, None]
    fortnight = (organisation.hours == 36)[:, None]
    even, odd = rank < days_off - fortnight, rank < days_off
    day = timeline.working
    off = np.ones((n, timeline.days), dtype=np.bool_)
    off[:, day] = np.where(day // 7 % 2 == 0, even[:, day % 7], odd[:, day % 7])
    return off


def _saturdays(rng: Dice, organisation: Organisation, timeline: Timeline) -> Flags:
    saturday = np.arange(timeline.days) % 7 == 5
    calls = (organisation.role == CALLS)[:, None]
    asked = (rng.random((organisation.size, timeline.days)) < SATURDAY) & calls
    backlog = rng.random((len(organisation.lead), timeline.days)) < BACKLOG_SATURDAY
    shifts: Flags = (asked | backlog[organisation.team]) & saturday
    return shifts


def _shifts(rng: Dice, organisation: Organisation, employee: Ints, day: Ints) -> tuple[Floats, Floats]:
    """Everyone has a usual start; evenings and Saturdays are the call centre's; now and then a day runs late."""
    usual = rng.normal(8.5 * 3600, 1800, organisation.size).clip(7.1 * 3600, 9.7 * 3600)
    start = usual[employee] + rng.normal(0, 420, len(employee))
    evening = (organisation.role[employee] == CALLS) & (rng.random(len(employee)) < EVENING) & (day % 7 < 5)
    start = np.where(evening, 12.2 * 3600 + rng.uniform(0, 600, len(employee)), start)
    end = start + FULL_DAY_SECONDS + LUNCH_SECONDS
    late = rng.random(len(employee)) < OVERTIME
    end = np.where(late & ~evening, end + rng.uniform(3600, 4 * 3600, len(employee)), end)
    return start, np.where(day % 7 == 5, start + 4 * 3600, end)
