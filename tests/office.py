"""An office at work, day after day: each look at another person, whose case link is there in time but where told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from services.detector.pipeline import Pipeline
from tests.world import BSNS, RING, World, local, settings

MONDAY = local("2025-03-03 09:00")
CLERKS = 6
LOOKS = 4
"""Per employee and day, a quarter of an hour apart."""
FIRST_CLIENT = 20
SETTINGS = {"min_lookups": 20, "min_employees": 5, "min_history_days": 3}
Late = timedelta | None
"""How long after the look a link is registered; None: never."""


def office_pipeline(**faults: object) -> Pipeline:
    """An engine whose thresholds suit an office of six."""
    return Pipeline(settings(faults=SETTINGS | faults), RING)


def morning(day: int) -> datetime:
    """Nine o'clock of a working day, counted from the first Monday."""
    return MONDAY + timedelta(days=day // 5 * 7 + day % 5)


def office(days: int, late: Mapping[int, Late] | None = None, clerks: int = CLERKS) -> World:
    """Working days of an office in which nothing is amiss but the links of the days in `late`."""
    world = World()
    for number in range(clerks):
        world.employee(number, team=f"T{number}")
    for day in range(days):
        work(world, day, on_time if late is None or day not in late else late[day], clerks=clerks)
    return world


on_time = timedelta(hours=-1)


def work(world: World, day: int, registered: Late, system: str = "sonar", clerks: int = CLERKS) -> None:
    """One day's lookups of everybody."""
    for number in range(clerks):
        for place in range(LOOKS):
            at = morning(day) + timedelta(minutes=15 * place)
            client = FIRST_CLIENT + len(world.lookups) % (300 - FIRST_CLIENT)
            world.look(f"e{number}", client, at, system=system)
            if registered is not None:
                world.link(
                    client, f"e{number}", at - timedelta(days=1), valid_to=at + timedelta(hours=1),
                    registered_at=at + registered,
                )  # fmt: skip


def snoop(world: World, employee: str, day: int, persons: int, system: str = "sonar") -> None:
    """An employee opens so many strangers' files in the afternoon."""
    for place in range(persons):
        at = morning(day) + timedelta(hours=4, minutes=place)
        world.look(employee, len(BSNS) - 1 - place, at, system=system)
