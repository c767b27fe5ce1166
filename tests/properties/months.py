"""What takes weeks in a random agency: strangers found by name in one month, and somebody's last weeks."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from tests.properties.surroundings import Moment
from tests.world import World, local

LAST_DAY_ENDS = local("2025-04-11 00:00")
FEW_SHARES = {"min_persons": 4, "min_found": 3, "min_peers": 2, "factor": 1, "false_discovery_rate": 0.2}
FEW_LEAVING = {"min_persons": 4, "factor": 1, "prior_days": 1, "chance": 0.05}
"""So that a month and somebody's last weeks stand out among nine employees."""


def add_months(world: World, rng: np.random.Generator, moment: Moment, start: datetime) -> None:
    """Two weeks at the end of March, and an employee who leaves on 10 April, as the register tells days before."""
    _month(world, rng, moment, start)
    _leaver(world, rng, moment, start)


def _month(world: World, rng: np.random.Generator, moment: Moment, start: datetime) -> None:
    """Strangers on both sides of the end of the month, most of them in March; to few a link comes, some too late.

    Everybody finds one person with a case by name, day after day: that is what the strangers are a share of.
    """
    for number in range(8):
        world.link(340 + number, f"e{number}", start - timedelta(days=1))
        for day in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11):
            world.look(f"e{number}", 340 + number, moment(rng, day), searched_by="name")
    employee = f"e{int(rng.integers(0, 8))}"
    for person in range(440, 464):
        at = moment(rng, int(rng.integers(0, 18)))
        world.look(employee, person, at, searched_by=str(rng.choice(["name", "address", "bsn"], p=[0.6, 0.1, 0.3])))
        if rng.random() < 0.25:
            registered = start + timedelta(days=float(rng.integers(3, 30)))
            world.link(person, employee, start - timedelta(days=1), registered_at=registered)


def _leaver(world: World, rng: np.random.Generator, moment: Moment, start: datetime) -> None:
    """Work on one case, then strangers' files and a printed one in the last weeks."""
    world.employee(8, team="T2")
    leaving = world.employee(8, team="T2", valid_to=LAST_DAY_ENDS, registered_at=start + timedelta(days=15))
    world.link(469, leaving, start - timedelta(days=20))
    for day in (-14, -12, -10, *range(0, 25, 2)):
        world.look(leaving, 469, moment(rng, day))
    for person in range(470, 494):
        world.look(leaving, person, moment(rng, int(rng.integers(8, 25))), action=str(rng.choice(["view", "print"])))
    if rng.random() < 0.5:
        world.link(470, leaving, start, registered_at=start + timedelta(days=float(rng.integers(9, 30))))
