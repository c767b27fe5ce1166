"""The organisation into periods of employment: joiners, leavers and people who move to another team."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from services.detector.simulate.dice import Dice, Flags, Ints
from services.detector.simulate.organisation import CLAIMS, LARGEST_TEAM, LEAD, SMALLEST_TEAM, Organisation
from services.detector.simulate.timeline import Timeline

JOINERS, LEAVERS, MOVERS = 0.10, 0.08, 0.06
"""Shares of the staff in a year."""

LONGEST_SERVICE = 9_000
"""Days; hired at most 25 years before the run."""


@dataclass(frozen=True)
class Employment:
    """Per employee, in day numbers; `left` and `moved` are the first day after, or a day far beyond the run."""

    hired: Ints
    left: Ints
    moved: Ints
    new_team: Ints
    """Equal to the first team for those who do not move."""

    def employed(self, employee: Ints, day: Ints) -> Flags:
        """Whether the employees are in service on the days."""
        return (self.hired[employee] <= day) & (day < self.left[employee])

    def team_on(self, organisation: Organisation, employee: Ints, day: Ints) -> Ints:
        """The team of the employees on the days."""
        return np.where(day >= self.moved[employee], self.new_team[employee], organisation.team[employee])


def make_employment(rng: Dice, organisation: Organisation, timeline: Timeline, more_moves: float = 1.0) -> Employment:
    """Everyone joined before the run and stays, but for a few of each kind (at least one); leads stay put."""
    n, never = organisation.size, timeline.days + 10**6
    hired = -rng.integers(40, LONGEST_SERVICE, n)
    left, moved, new_team = np.full(n, never), np.full(n, never), organisation.team.copy()
    others = rng.permutation(np.flatnonzero((organisation.role != LEAD) & ~organisation.handles_staff))
    joiners, leavers, stayers = _split(others, [_count(share, n, timeline) for share in (JOINERS, LEAVERS)])
    hired[joiners] = _workdays(rng, timeline, len(joiners), 0.02, 0.7)
    left[leavers] = _workdays(rng, timeline, len(leavers), 0.4, 0.99) + 1
    _move(rng, organisation, new_team, stayers, _count(more_moves * MOVERS, n, timeline))
    moves = np.flatnonzero(new_team != organisation.team)
    moved[moves] = _workdays(rng, timeline, len(moves), 0.2, 0.8)
    return Employment(hired, left, moved, new_team)


def _count(share: float, employees: int, timeline: Timeline) -> int:
    years = timeline.days / 365
    return max(1, round(employees * (1 - math.exp(-share * years))))


def _split(people: Ints, counts: list[int]) -> list[Ints]:
    """Groups of those sizes and the rest; in very long runs they shrink so that two in five neither join nor leave."""
    room = min(1.0, 0.6 * len(people) / sum(counts))
    return np.split(people, np.cumsum([max(1, int(count * room)) for count in counts]))


def _workdays(rng: Dice, timeline: Timeline, count: int, earliest: float, latest: float) -> Ints:
    """Working days from a part of the run."""
    last = len(timeline.working) - 1
    return timeline.working[(rng.uniform(earliest, latest, count) * last).round().astype(np.int64)]


def _move(rng: Dice, organisation: Organisation, new_team: Ints, stayers: Ints, count: int) -> None:
    """Claims handlers go to another team with claims handlers, as far as the sizes of teams allow."""
    sizes = np.bincount(organisation.team)
    claims_teams = np.unique(organisation.team[organisation.role == CLAIMS])
    for mover in stayers[organisation.role[stayers] == CLAIMS]:
        old = organisation.team[mover]
        rooms = claims_teams[(sizes[claims_teams] < LARGEST_TEAM) & (claims_teams != old)]
        if count and sizes[old] > SMALLEST_TEAM and len(rooms):
            new_team[mover] = rng.choice(rooms)
            sizes[old] -= 1
            sizes[new_team[mover]] += 1
            count -= 1
