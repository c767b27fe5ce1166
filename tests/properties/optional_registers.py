"""Rows of the optional registers in a random agency, some of them registered late, and looks that rest on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np

from tests.world import BSNS, LONG_AGO, World

Moment = Callable[[np.random.Generator, int], datetime]


def add_optional_registers(world: World, rng: np.random.Generator, moment: Moment, start: datetime) -> None:
    """Parties of cases, reports of wrong files, statements and leave."""
    _parties(world, rng, moment, start)
    _reports(world, rng, moment)
    _statements(world, rng, start)
    _absences(world, rng, start)
    for person in range(190, 194):
        world.look(f"e{int(rng.integers(0, 8))}", person, moment(rng, int(rng.integers(0, 28))), record_count=0)


def _parties(world: World, rng: np.random.Generator, moment: Moment, start: datetime) -> None:
    """The case is an employee's or a team's; the party is written down before it, or days later."""
    for person in range(160, 172, 2):
        owner = int(rng.integers(0, 8))
        to = f"e{owner}" if rng.random() < 0.6 else f"T{owner % 2 + 1}"
        late = timedelta(days=int(rng.choice([-1, 4, 12])))
        world.link(person, to, start, registered_at=start + late, case_id=f"joint-{person}")
        known = start + timedelta(days=float(rng.choice([-30, 5])))
        world.add(
            "case_parties", case_id=f"joint-{person}", bsn=BSNS[person + 1], kind="partner",
            valid_from=start - timedelta(days=30), registered_at=known,
        )  # fmt: skip
        for _ in range(3):
            world.look(f"e{owner}", person + 1, moment(rng, int(rng.integers(0, 28))))


def _reports(world: World, rng: np.random.Generator, moment: Moment) -> None:
    """Reported the same day, or far too late; one is about the file of the reporter's partner."""
    reported = [(f"e{int(rng.integers(0, 8))}", person) for person in range(174, 182)]
    for number, (employee, person) in enumerate([*reported, ("e1", 100)]):
        at = moment(rng, int(rng.integers(0, 26)))
        world.look(employee, person, at)
        world.look(employee, person, at + timedelta(minutes=int(rng.integers(1, 50))))
        delay = timedelta(hours=float(rng.choice([0.3, 2, 200]) if person != 100 else 2))
        world.add(
            "self_reports", report_id=f"report{number}", employee_id=employee, bsn=BSNS[person],
            occurred_at=at, registered_at=at + delay,
        )  # fmt: skip


def _statements(world: World, rng: np.random.Generator, start: datetime) -> None:
    """Most have signed long ago; one never, one during the weeks, one whose statement is put on record late."""
    for number in range(8):
        row = {"employee_id": f"e{number}", "system": "suwinet", "valid_from": LONG_AGO, "registered_at": LONG_AGO}
        if number == 1:
            row["valid_from"] = row["registered_at"] = start + timedelta(days=int(rng.integers(3, 20)), hours=4)
        if number == 2:
            row["registered_at"] = start + timedelta(days=int(rng.integers(3, 20)))
        if number == 3:
            row["valid_to"] = start + timedelta(days=9, hours=3)
        if number != 0:
            world.add("statements", **row)


def _absences(world: World, rng: np.random.Generator, start: datetime) -> None:
    """Leave of a few days each, on record before or a week after it begins."""
    for number in range(8):
        begins = start + timedelta(days=int(rng.integers(0, 24)))
        late = timedelta(days=float(rng.choice([-3, 7])))
        world.add(
            "absences", employee_id=f"e{number}", kind=str(rng.choice(["leave", "sick"])), valid_from=begins,
            valid_to=begins + timedelta(days=int(rng.integers(1, 6))), registered_at=begins + late,
        )  # fmt: skip
