"""A number of employees into departments, teams of 6 to 14, roles, contract hours and team leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.detector.simulate.dice import Dice, Flags, Floats, Ints, choose

ROLES = (
    "claims-handler",
    "call-centre",
    "insurance-physician",
    "job-coach",
    "quality-reviewer",
    "eigen-personeel-handler",
    "team-lead",
)
CLAIMS, CALLS, PHYSICIAN, COACH, REVIEWER, STAFF_HANDLER, LEAD = range(len(ROLES))

SMALLEST_TEAM, LARGEST_TEAM, USUAL_TEAM = 6, 14, 10
CONTRACTS = {24: 0.2, 32: 0.3, 36: 0.3, 40: 0.2}
"""Hours a week and the share of employees that have them."""


@dataclass(frozen=True)
class Department:
    """One department: its share of the staff and the roles in each of its teams, beside a lead."""

    name: str
    share: float
    roles: Mapping[int, float]


DEPARTMENTS = (
    Department("WW", 0.25, {CLAIMS: 0.9, REVIEWER: 0.1}),
    Department("WIA", 0.20, {CLAIMS: 0.62, PHYSICIAN: 0.28, REVIEWER: 0.1}),
    Department("Ziektewet", 0.15, {CLAIMS: 0.75, PHYSICIAN: 0.25}),
    Department("Klantcontact", 0.18, {CALLS: 0.92, REVIEWER: 0.08}),
    Department("Werkbedrijf", 0.16, {COACH: 1.0}),
    Department("Bijzondere Zaken", 0.06, {CLAIMS: 1.0}),
)
STAFF_DEPARTMENT = len(DEPARTMENTS) - 1
STAFF_HANDLERS = 4
"""In the first team of Bijzondere Zaken these and their lead are Eigen personeel: they alone handle files of staff."""


@dataclass(frozen=True)
class Organisation:
    """Who is what at the start of the run; employees and teams are numbered from 0."""

    team: Ints
    role: Ints
    hours: Ints
    handles_staff: Flags
    lead: Ints
    """Per team: the employee who leads it."""
    department: Ints
    """Per team: position in DEPARTMENTS."""

    @property
    def size(self) -> int:
        """Number of employees."""
        return len(self.team)


def make_organisation(rng: Dice, employees: int) -> Organisation:
    """Teams department by department; the first member of a team leads it."""
    headcount = _headcount(employees)
    sizes = [_team_sizes(rng, count) for count in headcount]
    department = np.repeat(np.arange(len(DEPARTMENTS)), [len(teams) for teams in sizes])
    size = np.concatenate(sizes)
    team = np.repeat(np.arange(len(size)), size)
    staff_team = int(np.flatnonzero(department == STAFF_DEPARTMENT)[0])
    role = np.concatenate([_roles(DEPARTMENTS[d], int(n)) for d, n in zip(department, size, strict=True)])
    of_staff_team = np.flatnonzero(team == staff_team)[: 1 + STAFF_HANDLERS]
    role[of_staff_team[1:]] = STAFF_HANDLER
    hours = np.array(list(CONTRACTS))[choose(rng, list(CONTRACTS.values()), employees)]
    return Organisation(
        team, role, hours, np.isin(np.arange(employees), of_staff_team), np.cumsum(size) - size, department
    )


def _headcount(employees: int) -> Ints:
    shares: Floats = np.array([department.share for department in DEPARTMENTS])
    spare = employees - SMALLEST_TEAM * len(DEPARTMENTS)
    exact = np.cumsum(shares / shares.sum()) * spare
    ends: Ints = np.round(exact).astype(np.int64)
    headcount: Ints = SMALLEST_TEAM + ends - np.concatenate([[0], ends[:-1]])
    return headcount


def _team_sizes(rng: Dice, people: int) -> Ints:
    sizes = np.full(max(1, round(people / USUAL_TEAM)), SMALLEST_TEAM)
    for _ in range(people - int(sizes.sum())):
        sizes[rng.choice(np.flatnonzero(sizes < LARGEST_TEAM))] += 1
    return sizes


def _roles(department: Department, size: int) -> Ints:
    """A lead, at least one of every further role of the department, and the rest in its first role."""
    first, *others = department.roles
    roles = np.full(size, first)
    roles[0], filled = LEAD, 1
    for role in others:
        count = max(1, round(department.roles[role] * size))
        roles[filled : filled + count] = role
        filled += count
    return roles
