"""Random tiny agencies whose case links come late on a day, for everybody: the source of links was at fault."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from services.detector.pipeline import Pipeline
from tests.world import BSNS, RING, World, local, settings

MONDAY = local("2025-03-17 09:00")
"""Two weeks before the change to summer time of 30 March 2025."""
DAYS = (0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 14, 15, 16, 17, 18)
"""Working days, counted from the first Monday."""
EMPLOYEES, LOOKS = 6, 3
SMALL = {"min_lookups": 12, "min_employees": 3, "min_history_days": 3, "window_days": 14}
"""What makes a fault in an agency of six."""


def fault_pipeline(**faults: object) -> Pipeline:
    """An engine for these agencies."""
    return Pipeline(settings(faults=SMALL | faults, budget={"per_thousand_a_week": 100}), RING)


def faulty_agency(seed: int) -> World:
    """Six employees, three weeks, each look at another person; links of one or two days late, or never."""
    rng = np.random.default_rng(seed)
    world = World()
    for number in range(EMPLOYEES):
        world.employee(number, team=f"T{number % 2 + 1}")
    first = int(rng.integers(6, 12))
    faulty = {DAYS[first], DAYS[first + int(rng.integers(0, 3))]}
    person = iter(range(20, len(BSNS)))
    for day in DAYS:
        for employee in range(EMPLOYEES):
            for _ in range(LOOKS):
                at = _moment(rng, day)
                number = next(person)
                world.look(f"e{employee}", number, at)
                _link(world, rng, number, f"e{employee}", at, late=day in faulty)
            if rng.random() < 0.3:
                world.look(f"e{employee}", int(rng.integers(0, EMPLOYEES)), _moment(rng, day), system="suwinet")
    _snooper(world, rng, min(faulty))
    return world


def _moment(rng: np.random.Generator, day: int) -> datetime:
    return MONDAY + timedelta(days=day, seconds=int(rng.integers(0, 8 * 3600)))


def _link(world: World, rng: np.random.Generator, person: int, employee: str, at: datetime, *, late: bool) -> None:
    """Registered in time but for one in twenty; on a faulty day days later, by a system, or never."""
    if rng.random() < 0.05:
        return
    days_late = float(rng.choice([0, 2.2, 3.5, 5, 6.1, 300])) if late else 0.0
    world.link(person, employee, at - timedelta(days=1), registered_at=at + timedelta(days=days_late - 0.5))


def _snooper(world: World, rng: np.random.Generator, day: int) -> None:
    """One employee looks at a few people again and again, on the faulty day and after it."""
    employee = f"e{int(rng.integers(0, EMPLOYEES))}"
    for person in (300, 301, 302, 303, 304, 305, 306):
        for later in (0, 1, 3):
            world.look(employee, person, _moment(rng, day + later))
    for place in rng.choice(len(world.lookups), 6, replace=False):
        world.lookups.append({**world.lookups[int(place)], "system": "suwinet"})
