"""Reads of signals for the law: assigned and not, about relatives and colleagues, and days of many identities."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np

from services.core.identity import employee_pseudonym, subject_pseudonym
from services.core.reading import SYSTEM
from tests.world import BSNS, RING, World

Moment = Callable[[np.random.Generator, int], datetime]
READERS = tuple(range(400, 406))
FEW_READERS = {"min_identities": 4, "min_days": 8, "min_identities_alone": 6}
"""So that six readers in four weeks have something to be compared with."""


def add_readers(world: World, rng: np.random.Generator, moment: Moment, start: datetime) -> None:
    """Six readers; two share a team, one becomes another's relative on record only later, one looks at work too."""
    for number in READERS:
        team = "T80" if number in READERS[:2] else f"T{number}"
        world.employee(number, team=team)
    late = {"registered_at": start + timedelta(days=int(rng.integers(8, 20)))}
    world.relation("e402", 404, "sibling", **late)
    world.relation("e405", 403, "parent")
    for number in READERS:
        for day in np.sort(rng.choice(28, 12, replace=False)):
            _a_day(world, rng, f"e{number}", moment(rng, int(day)))
    for reader, about in (("e400", "e401"), ("e402", "e404"), ("e403", "e405"), ("e404", "e404"), ("e1", "e2")):
        at = moment(rng, int(rng.integers(1, 6)))
        a_read(world, reader, employee_pseudonym(RING, about), at, case_id="item-1")
    a_read(world, "e402", subject_pseudonym(RING, BSNS[404]), moment(rng, 3))
    many = moment(rng, int(rng.integers(18, 26)))
    for place in range(9):
        at = many + timedelta(seconds=20 * place)
        a_read(world, "e401", _person(330 + place), at, case_id="item-2", data_categories=["identity"])
    other = moment(rng, 0)
    for place in range(7):
        a_read(world, "e405", _person(340 + place), other + timedelta(seconds=9 * place), case_id="item-3",
               data_categories=["identity"])  # fmt: skip


def a_read(world: World, reader: str, subject: str | None, at: datetime, **columns: object) -> str:
    """A read of a signal about somebody, by pseudonym; returns the lookup's id."""
    row: dict[str, object] = {
        "lookup_id": f"doelbinding-{len(world.lookups)}", "occurred_at": at, "system": SYSTEM, "action": "view",
        "employee_id": employee_pseudonym(RING, reader), "searched_by": "case", "record_count": 1,
        "subject_pseudonym": subject,
    }  # fmt: skip
    world.lookups.append(row | columns)
    return str(world.lookups[-1]["lookup_id"])


def _a_day(world: World, rng: np.random.Generator, reader: str, at: datetime) -> None:
    a_read(world, reader, None, at, action="search", searched_by="worklist", record_count=50)
    for place in range(int(rng.integers(1, 5))):
        assigned = {"case_id": f"item-{place}"} if rng.random() < 0.6 else {}
        opened = {"data_categories": ["identity"]} if rng.random() < 0.3 else {}
        shown = at + timedelta(minutes=2 * place)
        a_read(world, reader, _person(int(rng.integers(310, 330))), shown, **assigned, **opened)


def _person(number: int) -> str:
    return subject_pseudonym(RING, BSNS[number])
