"""A history with a hidden path: every team also works on the cases of the other team of its department."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from services.core.contract import LOOKUP
from tests.datasets import lines, write_registers
from tests.world import LONG_AGO, World, local

DEPARTMENTS, CLIENTS_OF_A_TEAM = 30, 3
TEAMS = 2 * DEPARTMENTS
MONDAY = local("2025-03-03 09:00")


def client(team: int, number: int) -> int:
    """Place of a team's client among the fictitious numbers; those before are the employees' own."""
    return 2 * TEAMS + team * CLIENTS_OF_A_TEAM + number


def buddy_history() -> World:
    """Two employees a team; each looks at the clients of the own team, and at one of the buddy team."""
    world = World()
    for team in range(TEAMS):
        for number in range(CLIENTS_OF_A_TEAM):
            world.link(client(team, number), f"T{team}", LONG_AGO)
        for place in range(2):
            who = world.employee(2 * team + place, f"T{team}", department=f"D{team // 2}")
            for number in range(CLIENTS_OF_A_TEAM):
                world.look(who, client(team, number), MONDAY + timedelta(days=number, minutes=team))
            at = MONDAY + timedelta(days=place, hours=3, minutes=team)
            world.look(who, client(team ^ 1, place), at, case_id="no-such-case")
    return world


def written(world: World, path: Path) -> Path:
    """The world as a dataset."""
    write_registers(world, path)
    (path / "lookups" / "march.ndjson").write_bytes(lines(LOOKUP, world.lookups))
    return path
