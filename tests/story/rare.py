"""Small agencies with the rules and factors that a simulated one seldom has."""

from __future__ import annotations

from datetime import timedelta

from tests.golden.worlds import MONDAY, agency
from tests.world import World

DAY = timedelta(days=1)


def files_of_staff() -> World:
    """A colleague's child, a former colleague, a relative's file that came as work, and one by the emergency button."""
    world = agency()
    world.employee(20, valid_to=MONDAY - timedelta(days=30))
    world.relation("e2", 100, "child")
    world.look("e1", 100, MONDAY, action="print", data_categories=["medical"])
    world.look("e1", 100, MONDAY + 5 * DAY, searched_by="name")
    world.look("e1", 20, MONDAY + timedelta(hours=10))
    world.look("e3", 5, MONDAY, reason="break-glass")
    world.relation("e4", 110, "sibling")
    world.link(110, "e4", MONDAY - DAY)
    for hour in (0, 1, 4):
        world.look("e4", 110, MONDAY + timedelta(hours=hour))
    world.look("e4", 110, MONDAY + timedelta(days=60))
    return world


def lists_and_reports() -> World:
    """A list of more records than anybody took out before, with some of them one by one; and a case of the team's."""
    world = agency()
    for number in range(1, 7):
        for day in range(20):
            world.look(f"e{number}", 200 + number, MONDAY + (day - 40) * DAY, action="print", record_count=2)
    world.look("e1", None, MONDAY, action="export", record_count=1_200)
    world.link(150, "e3", MONDAY - DAY)
    world.look("e1", 150, MONDAY + timedelta(hours=1), action="export", record_count=40, data_categories=["medical"])
    world.look("e1", 151, MONDAY + timedelta(hours=2), action="print", record_count=3)
    return world


RARE = {
    "files of staff": {"staff-file-bypass", "colleague-file", "relative-file"},
    "lists and reports": {"bulk-export"},
}
"""Rules that each world must have a signal of."""
