"""Sequences in a random agency: numbers in a row, a pace, an account at two places, each also only nearly so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np

from tests.world import World

Moment = Callable[[np.random.Generator, int], datetime]
NEIGHBOURS, FAR_APART = range(311, 325), range(400, 600, 5)
"""Persons whose numbers follow one another, and persons whose numbers lie some 55 apart."""
ELSEWHERE = {"workstation": "ws2", "location": "remote"}


def add_sequences(world: World, rng: np.random.Generator, moment: Moment, start: datetime) -> None:
    """On days of the second and third week."""
    _numbers(world, rng, moment, start)
    _pace(world, rng, moment)
    _two_places(world, rng, moment)


def _numbers(world: World, rng: np.random.Generator, moment: Moment, start: datetime) -> None:
    """Twice: the first time links to most of them come a day or more later, or on the day itself."""
    for linked in (0.7, 0.0):
        employee, at = f"e{int(rng.integers(0, 8))}", moment(rng, int(rng.integers(8, 20)))
        for person in NEIGHBOURS[: int(rng.integers(9, 15))]:
            at += timedelta(seconds=int(rng.integers(60, 200)))
            world.look(employee, person, at, searched_by=str(rng.choice(["bsn", "bsn", "other"])))
            if rng.random() < linked:
                registered = at + timedelta(hours=float(rng.choice([2, 40, 90])))
                world.link(person, employee, start, registered_at=registered)


def _pace(world: World, rng: np.random.Generator, moment: Moment) -> None:
    employee, at = f"e{int(rng.integers(0, 8))}", moment(rng, int(rng.integers(8, 20)))
    for person in FAR_APART[: int(rng.integers(19, 30))]:
        at += timedelta(seconds=int(rng.integers(60, 180)))
        world.look(employee, person, at, searched_by="bsn")


def _two_places(world: World, rng: np.random.Generator, moment: Moment) -> None:
    """Three days on which somebody works in a colleague's session; one file is sometimes opened by both."""
    employee = f"e{int(rng.integers(0, 8))}"
    for day in rng.choice(28, 3, replace=False):
        at = moment(rng, int(day))
        for place in range(int(rng.integers(3, 8))):
            at += timedelta(seconds=int(rng.integers(20, 400)))
            away = ELSEWHERE if place % 2 else {}
            person = 330 + int(rng.integers(0, 8)) + (8 if away and rng.random() < 0.95 else 0)
            world.look(employee, person, at, **away)
            if rng.random() < 0.3:
                world.look(employee, person, at + timedelta(seconds=5), system="suwinet", **away)
