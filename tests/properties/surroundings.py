"""What happens around a look in a random agency: slips, namesakes, consultation, cover, a lead, a crowd, a street."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np

from tests.world import World

Moment = Callable[[np.random.Generator, int], datetime]
FOUND_BY_NAME = {"searched_by": "name"}


def add_surroundings(world: World, rng: np.random.Generator, moment: Moment, start: datetime) -> None:
    """Explained by what others did, or by what came next; some only nearly so."""
    _slips_and_namesakes(world, rng, moment, start)
    _colleagues(world, rng, moment, start)
    _crowd(world, rng, moment)
    _street(world, rng, moment)


def _slips_and_namesakes(world: World, rng: np.random.Generator, moment: Moment, start: datetime) -> None:
    """The numbers of persons 350 to 369 are so close that many are two slips apart."""
    for wrong in range(350, 366, 2):
        at, gap = moment(rng, int(rng.integers(0, 28))), timedelta(seconds=int(rng.integers(20, 200)))
        by = FOUND_BY_NAME if rng.random() < 0.4 else {}
        employee = f"e{int(rng.integers(0, 8))}"
        world.look(employee, wrong, at, **by)
        world.look(employee, wrong + 1, at + gap, **by)
        late = timedelta(days=int(rng.choice([-2, 5])))
        world.link(wrong + 1, employee, at - timedelta(days=2), registered_at=at + late)
    world.link(370, "e1", start)


def _colleagues(world: World, rng: np.random.Generator, moment: Moment, start: datetime) -> None:
    """A colleague has the case: consulted, absent, led by the viewer, or none of these."""
    for person in range(371, 383):
        owner, viewer = rng.choice(8, 2, replace=False).tolist()
        world.link(
            person, f"e{owner}", start - timedelta(days=1), registered_at=start + timedelta(days=3 * (person % 3))
        )
        at = moment(rng, int(rng.integers(0, 28)))
        world.look(f"e{viewer}", person, at)
        if rng.random() < 0.5:
            world.look(f"e{owner}", person, at + timedelta(minutes=int(rng.integers(-45, 45))))


def _crowd(world: World, rng: np.random.Generator, moment: Moment) -> None:
    """Six employees open one file within a few days, more than a month after two others did."""
    for employee in rng.choice(8, 6, replace=False).tolist():
        for _ in range(int(rng.integers(1, 3))):
            reason = "break-glass" if rng.random() < 0.3 else None
            world.look(f"e{employee}", 390, moment(rng, int(rng.integers(8, 12))), reason=reason)
    world.link(390, "e3", moment(rng, 8), registered_at=moment(rng, int(rng.integers(12, 26))))


def _street(world: World, rng: np.random.Generator, moment: Moment) -> None:
    """One employee looks up the people next door."""
    for person in range(392, 392 + int(rng.integers(2, 5))):
        world.look("e5", person, moment(rng, int(rng.integers(0, 28))), street="street-5", searched_by="address")
