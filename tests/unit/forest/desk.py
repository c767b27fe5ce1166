"""Nine weeks at a small desk, with one day on which an employee opens far more than before."""

from __future__ import annotations

from datetime import timedelta

from services.detector.pipeline import Pipeline
from services.detector.settings import AgencySettings
from tests.world import RING, World, local, settings

START = local("2025-03-03 10:00")
BURST = local("2025-04-23 10:00")
SMALL = {"enabled": True, "trees": 20, "samples": 32, "min_days": 20}


def chosen(**changes: object) -> AgencySettings:
    """Settings with a small forest."""
    return settings(forest=SMALL | changes)


def pipeline(**changes: object) -> Pipeline:
    return Pipeline(chosen(**changes), RING)


def desk() -> World:
    """Six employees on their own cases, a few strangers' files now and then; e1 opens thirty on one day in April."""
    world = World()
    for number in range(6):
        world.employee(number)
        world.link(50 + number, f"e{number}", START - timedelta(days=1))
        world.link(60 + number, f"e{number}", START - timedelta(days=1))
        for day in range(63):
            at = START + timedelta(days=day, minutes=number)
            if at.weekday() < 5:
                world.look(f"e{number}", 50 + number, at)
                if (day + number) % 3:
                    world.look(f"e{number}", 60 + number, at + timedelta(minutes=9), system="werkmap")
                if (day + number) % 11 == 0:
                    world.look(f"e{number}", 80 + number, at + timedelta(minutes=20))
    for person in range(30):
        world.look("e1", 100 + person, BURST + timedelta(minutes=person))
    return world
