"""Workdays into the work each may hold, and random workdays of an employee or a team in proportion to that work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.detector.simulate.dice import NONE, Dice, Floats, Ints
from services.detector.simulate.employment import Employment
from services.detector.simulate.organisation import (
    CALLS,
    CLAIMS,
    COACH,
    LEAD,
    PHYSICIAN,
    REVIEWER,
    STAFF_HANDLER,
    Organisation,
)
from services.detector.simulate.rhythm import busyness
from services.detector.simulate.roster import KEY, Workdays
from services.detector.simulate.timeline import Timeline

LOOKUPS_PER_WORKING_DAY = 60.0
"""Per employee and working day of the agency, absence and part-time included."""

LOOKUPS_PER_CONTACT = 3.05
"""Rows that one contact with a file leads to in the end, returns and all; measured on runs of the simulator."""

RATE = {CLAIMS: 1.0, CALLS: 1.25, PHYSICIAN: 0.45, COACH: 0.75, REVIEWER: 0.8, STAFF_HANDLER: 0.4, LEAD: 0.35}
"""Contacts on a day, beside those of a claims handler."""

WEEKDAY = np.array([1.14, 1.06, 0.97, 1.0, 0.84, 0.45, 0.45])
PACE_SPREAD, DAY_SHAPE = 0.45, 3.0
"""Log-normal spread between persons; gamma shape of a person's days. Fitted, with the rhythm of the agency, between the
evenest and the most uneven of the large real desks (docs/simulation.md)."""

LEARNING_DAYS, LEARNING_PACE = 28, 0.55


@dataclass(frozen=True)
class Workload:
    """The expected number of contacts of each workday, and ways to draw workdays in proportion to it."""

    workdays: Workdays
    expected: Floats
    _by_team: Ints
    """Row numbers of the workdays, ordered by team, then day."""

    def employee_day(self, rng: Dice, employee: Ints, first: Ints, last: Ints) -> Ints:
        """A workday of each employee from `first` to `last`; NONE where there is none."""
        days = self.workdays
        return _draw(rng, self.expected, days.employee * KEY + days.day, owner=employee, first=first, last=last)

    def team_day(self, rng: Dice, team: Ints, first: Ints, last: Ints, weight: Floats | None = None) -> Ints:
        """A workday of any member of each team from `first` to `last`, by another weight if given; NONE without any."""
        order, days = self._by_team, self.workdays
        weights = self.expected if weight is None else weight
        at = _draw(rng, weights[order], (days.team * KEY + days.day)[order], owner=team, first=first, last=last)
        return np.where(at == NONE, NONE, order[at])


def make_workload(
    rng: Dice, organisation: Organisation, employment: Employment, workdays: Workdays, timeline: Timeline
) -> Workload:
    """Rate of the role x own pace x weekday x rhythm x a gamma for the day, scaled to the agency's lookups."""
    employee, day = workdays.employee, workdays.day
    pace = rng.lognormal(0, PACE_SPREAD, organisation.size)
    rate = np.array([RATE[role] for role in range(len(RATE))])[organisation.role] * pace
    work = rate[employee] * WEEKDAY[day % 7] * rng.gamma(DAY_SHAPE, 1 / DAY_SHAPE, len(employee))
    work *= busyness(rng, organisation, timeline)[workdays.team, day]
    work *= np.where(day - employment.hired[employee] < LEARNING_DAYS, LEARNING_PACE, 1.0)
    total = expected_contacts(organisation.size, timeline)
    return Workload(workdays, work * total / work.sum(), np.lexsort((employee, day, workdays.team)))


def expected_contacts(employees: int, timeline: Timeline) -> float:
    """Contacts with files in the whole run."""
    return employees * len(timeline.working) * LOOKUPS_PER_WORKING_DAY / LOOKUPS_PER_CONTACT


def _draw(rng: Dice, weight: Floats, key: Ints, *, owner: Ints, first: Ints, last: Ints) -> Ints:
    """Positions in `key` (sorted owner * KEY + day), drawn within each owner's days by weight."""
    edges = np.concatenate([[0.0], np.cumsum(weight)])
    low = np.searchsorted(key, owner * KEY + np.clip(first, 0, KEY - 1))
    high = np.searchsorted(key, owner * KEY + np.clip(last, NONE, KEY - 1), side="right")
    drawn = edges[low] + rng.random(len(owner)) * (edges[high] - edges[low])
    at = np.clip(np.searchsorted(edges, drawn, side="right") - 1, low, np.maximum(high - 1, low))
    return np.where(high > low, at, NONE)
