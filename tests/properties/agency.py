"""Random small agencies for the law of slices: every rule, late links, crowded days, a clock change, many weeks."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from tests.properties.months import add_months
from tests.properties.optional_registers import add_optional_registers
from tests.properties.pairs import add_pairs
from tests.properties.readers import add_readers
from tests.properties.sequences import add_sequences
from tests.properties.surroundings import add_surroundings
from tests.world import BSNS, World, local

START = local("2025-03-17 08:00")
"""Monday, two weeks before the change to summer time of 30 March 2025."""
DAYS = 28
OFFICE_STEP = timedelta(minutes=7)
SYSTEMS = ("sonar", "suwinet", "werkmap")


def random_agency(seed: int) -> World:
    """Eight employees in two teams, about 250 lookups in four weeks, with links early, late and self-made."""
    rng = np.random.default_rng(seed)
    world = World()
    for number in range(8):
        world.employee(
            number, team=f"T{number % 2 + 1}", eigen_personeel=number == 7, street=f"street-{number}",
            role="team-lead" if number == 6 else "claims-handler",
        )  # fmt: skip
    for number in range(20, 60):
        world.employee(number, team="T9")  # they look at nothing, but the budget grows with the agency
    world.relation("e1", 100, "partner")
    world.relation("e2", 101, "household", source="brp")
    world.relation("e3", 102, "partner", valid_to=local("2024-01-01 00:00"))
    world.relation("e4", 103, "child", source="eigen-personeel")
    _special_looks(world, rng)
    _daily_work(world, rng)
    _crowded_day(world, rng)
    add_surroundings(world, rng, _moment, START)
    add_pairs(world, rng, _moment, START)
    _bulk_exports(world, rng)
    _slow_drip(world, rng)
    add_sequences(world, rng, _moment, START)
    add_optional_registers(world, rng, _moment, START)
    _same_id_other_content(world, rng)
    add_months(world, rng, _moment, START)
    _files_one_by_one(world)
    add_readers(world, rng, _moment, START)
    return world


def _moment(rng: np.random.Generator, day: int) -> datetime:
    return (
        START
        + timedelta(days=day)
        + OFFICE_STEP * int(rng.integers(0, 80))
        + timedelta(seconds=int(rng.integers(0, 420)))
    )


def _special_looks(world: World, rng: np.random.Generator) -> None:
    """Own, relatives', household, former partner's, colleagues' and staff family's files."""
    pairs = [("e0", 0), ("e1", 100), ("e2", 101), ("e3", 102), ("e5", 6), ("e6", 103), ("e7", 2), ("e4", 103)]
    for employee, person in pairs:
        for _ in range(int(rng.integers(1, 3))):
            world.look(employee, person, _moment(rng, int(rng.integers(0, DAYS))), system=str(rng.choice(SYSTEMS)))
    world.link(2, "e7", START - timedelta(days=3))
    if rng.random() < 0.5:
        world.link(103, "e6", START, registered_at=START + timedelta(days=int(rng.integers(0, 9))))


def _daily_work(world: World, rng: np.random.Generator) -> None:
    """Work on cases, of which some are never linked, some late, some registered by the looker."""
    for employee in range(8):
        for person in range(110 + 6 * employee, 116 + 6 * employee):
            days = np.sort(rng.choice(DAYS, int(rng.integers(1, 6)), replace=False))
            for day in days:
                world.look(
                    f"e{employee}", person, _moment(rng, int(day)), system=str(rng.choice(SYSTEMS)),
                    action=str(rng.choice(["view", "view", "print"])), searched_by=str(rng.choice(["bsn", "name"])),
                    data_categories=["identity", "medical"] if rng.random() < 0.1 else ["identity"],
                )  # fmt: skip
            _maybe_link(world, rng, employee, person, START + timedelta(days=int(days[0])))


def _maybe_link(world: World, rng: np.random.Generator, employee: int, person: int, first: datetime) -> None:
    delay = timedelta(hours=float(rng.choice([-1, 3, 30, 100, 300])))
    registrar = str(rng.choice(["system:planning", f"e{employee}", "e0"]))
    to = str(rng.choice([f"e{employee}", f"T{employee % 2 + 1}"]))
    ends = first + timedelta(days=float(rng.integers(2, 40)))
    if rng.random() < 0.7:
        world.link(
            person, to, first - timedelta(hours=1), registered_at=first + delay, registered_by=registrar,
            kind=str(rng.choice(["assignment", "task", "contact", "review"])), valid_to=ends,
        )  # fmt: skip
    if rng.random() < 0.1:
        again = {**world.links[-1], "registered_at": first + timedelta(days=6), "valid_to": first + timedelta(days=1)}
        if again["registered_at"] != world.links[-1]["registered_at"]:
            world.links.append(again)


def _same_id_other_content(world: World, rng: np.random.Generator) -> None:
    """Some ids come twice: the same moment, another person or another system."""
    for place in rng.choice(len(world.lookups), 12, replace=False):
        other = {"bsn": BSNS[int(rng.integers(300, 310))]} if rng.random() < 0.6 else {"system": "peoplesoft"}
        world.lookups.append({**world.lookups[int(place)], **other})


def _crowded_day(world: World, rng: np.random.Generator) -> None:
    """One employee opens many strangers' files on one day of the third week."""
    employee, day = int(rng.integers(0, 8)), int(rng.integers(15, 19))
    for person in range(200, 200 + int(rng.integers(10, 30))):
        world.look(f"e{employee}", person, _moment(rng, day))
    for person in range(200, 203):
        world.link(person, f"e{employee}", START + timedelta(days=day), registered_at=START + timedelta(days=day + 8))


def _bulk_exports(world: World, rng: np.random.Generator) -> None:
    """On two days somebody exports strangers' files: links to all come later, or to some besides a list."""
    for people, linked in ((range(230, 242), 1.0), (range(250, 266), 0.2)):
        employee, day = int(rng.integers(0, 8)), int(rng.integers(14, 26))
        for person in people:
            world.look(f"e{employee}", person, _moment(rng, day), action="export", record_count=int(rng.integers(1, 4)))
            if rng.random() < linked:
                registered = START + timedelta(days=day, hours=float(rng.choice([30, 60, 200])))
                world.link(person, f"e{employee}", START, registered_at=registered)
        if linked < 1 and rng.random() < 0.5:
            many = int(rng.integers(20, 200))
            world.look(f"e{employee}", None, _moment(rng, day), action="export", searched_by="other", record_count=many)


def _files_one_by_one(world: World) -> None:
    """More persons than records show, in a role of one employee; one of them gets a link later."""
    at = START + timedelta(days=22, hours=2)
    for place, person in enumerate(range(500, 524)):
        world.look("e6", person, at + place * OFFICE_STEP / 2, action="export")
    world.link(500, "e6", START, registered_at=at + timedelta(days=3))


def _slow_drip(world: World, rng: np.random.Generator) -> None:
    """Somebody opens three strangers' files on each of seven days of the last two weeks; some get a link much later."""
    employee = int(rng.integers(0, 8))
    for place, day in enumerate(np.sort(rng.choice(range(14, 28), 7, replace=False))):
        for person in range(270 + 3 * place, 273 + 3 * place):
            world.look(f"e{employee}", person, _moment(rng, int(day)))
            if rng.random() < 0.2:
                world.link(
                    person, f"e{employee}", START, registered_at=START + timedelta(days=float(rng.integers(20, 35)))
                )
