"""What the rules on one employee and one person are about: long watches, emergency access, claimed cases, old files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np

from tests.world import LONG_AGO, World

Moment = Callable[[np.random.Generator, int], datetime]


def add_pairs(world: World, rng: np.random.Generator, moment: Moment, start: datetime) -> None:
    """Looks by employees 0 to 6 at persons 311 to 346, explained late, early or never."""
    _watches(world, rng, moment, start)
    _emergencies(world, rng, moment, start)
    _claims(world, rng, moment, start)
    _dormant_files(world, rng, moment)
    _evenings(world, rng, start)


def _someone(rng: np.random.Generator) -> str:
    return f"e{int(rng.integers(0, 7))}"


def _watches(world: World, rng: np.random.Generator, moment: Moment, start: datetime) -> None:
    """Three persons in three months each; one of the months is sometimes explained much later."""
    for person in range(311, 314):
        employee = _someone(rng)
        for day in (-19, int(rng.integers(0, 14)), int(rng.integers(15, 28))):
            world.look(employee, person, moment(rng, day))
        if rng.random() < 0.4:
            day = int(rng.choice([-19, 20]))
            world.link(
                person, employee, start + timedelta(days=day - 1), valid_to=start + timedelta(days=day + 2),
                registered_at=start + timedelta(days=float(rng.integers(21, 33))),
            )  # fmt: skip


def _emergencies(world: World, rng: np.random.Generator, moment: Moment, start: datetime) -> None:
    """Two employees use the emergency procedure at several persons, with words and without."""
    for first in (315, 321):
        employee = _someone(rng)
        for person in range(first, first + 6):
            reason = str(rng.choice(["break-glass", "break-glass: spoed", "break-glass Spoed!", "break-glass: balie"]))
            for _ in range(int(rng.integers(1, 3))):
                world.look(employee, person, moment(rng, int(rng.integers(0, 28))), reason=reason)
            if rng.random() < 0.3:
                late = start + timedelta(days=float(rng.integers(2, 34)))
                world.link(person, employee, start, registered_at=late)


def _claims(world: World, rng: np.random.Generator, moment: Moment, start: datetime) -> None:
    """Looks that claim a case: of the person, of another, or one that a link names only later."""
    for person in range(328, 336):
        known = start + timedelta(days=float(rng.choice([-2, 1, 6, 25])))
        world.link(person, str(rng.choice(["e0", "e3", "T1"])), start - timedelta(days=3), registered_at=known)
        theirs, other = world.links[-1]["case_id"], world.links[-2]["case_id"]
        for claimed in rng.choice([str(theirs), str(other), "case-of-nobody"], 2).tolist():
            system = str(rng.choice(["sonar", "suwinet", "werkmap"]))
            world.look(_someone(rng), person, moment(rng, int(rng.integers(0, 28))), case_id=claimed, system=system)


def _dormant_files(world: World, rng: np.random.Generator, moment: Moment) -> None:
    """Single looks at persons whose one case ended in 2021; one of them gets another case, late."""
    for person in range(337, 342):
        world.link(person, "e9", LONG_AGO, valid_to=LONG_AGO + timedelta(days=400))
        looked = moment(rng, int(rng.integers(0, 28)))
        world.look(_someone(rng), person, looked)
        if rng.random() < 0.3:
            world.link(person, "e8", looked - timedelta(days=300), registered_at=looked + timedelta(days=9))


def _evenings(world: World, rng: np.random.Generator, start: datetime) -> None:
    """Single looks in the evening (start is at eight in the morning)."""
    for person in range(343, 347):
        evening = start + timedelta(days=int(rng.integers(0, 28)), hours=13, minutes=int(rng.integers(0, 60)))
        world.look(_someone(rng), person, evening)
