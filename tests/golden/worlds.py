"""The court cases of the domain as small agencies (names and numbers are fictitious, the shapes are theirs)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import numpy as np

from services.core.bsn import two_slips_apart
from tests.world import BSNS, World, local

MONDAY = local("2025-03-03 10:00")
Case = Callable[[], World]


def agency() -> World:
    """Two teams of ordinary colleagues."""
    world = World()
    for number in range(1, 7):
        world.employee(number, team=f"T{number % 2}")
    return world


def late_link_within_grace() -> World:
    """GC6, first half: valid at the time, registered by a system the next morning."""
    world = agency()
    world.look("e1", 100, MONDAY)
    world.link(100, "e1", MONDAY - timedelta(days=1), registered_at=MONDAY + timedelta(hours=20))
    return world


def late_link_after_ten_days() -> World:
    """GC6, second half: registered by a system ten days later."""
    world = agency()
    world.look("e1", 100, MONDAY)
    world.link(100, "e1", MONDAY - timedelta(days=1), registered_at=MONDAY + timedelta(days=10))
    world.look("e2", None, MONDAY + timedelta(days=20), action="search")
    return world


def team_queue() -> World:
    """GC7: forty colleagues work one team case."""
    world = World()
    for number in range(40):
        world.employee(number, team="T1")
    world.link(100, "T1", MONDAY - timedelta(days=2))
    for number in range(40):
        world.look(f"e{number}", 100, MONDAY + timedelta(minutes=10 * number))
    return world


def own_personnel_file() -> World:
    """GC9, first half: the own file in PeopleSoft."""
    world = agency()
    world.look("e1", 1, MONDAY, system="peoplesoft", data_categories=["personnel"])
    return world


def own_file_in_client_system() -> World:
    """GC9, second half: the own BSN in a client system, twice."""
    world = agency()
    world.look("e1", 1, MONDAY)
    world.look("e1", 1, MONDAY + timedelta(days=3))
    return world


def own_street() -> World:
    """GC1: 350 looks in eighteen months at seven addresses of the own street, 116 of them at one neighbour."""
    world = agency()
    world.employee(9, team="T1", street="elm street")
    neighbours = [100] * 116 + [101 + place % 6 for place in range(234)]
    for place, person in enumerate(neighbours):
        world.look(
            "e9", person, MONDAY + timedelta(days=1.5 * place, hours=place % 5), system="suwinet",
            searched_by="address", street="elm street",
        )  # fmt: skip
    return world


def ex_partner() -> World:
    """GC2: 347 log lines at 79 moments in four years, some of them by the emergency procedure."""
    world = agency()
    world.relation("e1", 100, "ex_partner")
    for line in range(347):
        at = MONDAY + timedelta(days=18 * (line % 79), minutes=5 * (line // 79))
        world.look("e1", 100, at, reason="break-glass" if line % 79 < 6 else None)
    return world


def _crowd(employees: int, **columns: object) -> World:
    """So many employees of ten teams open one person's file within five days; none has a link."""
    world = World()
    for number in range(employees):
        world.employee(number, team=f"T{number % 10}")
    for number in range(employees):
        world.look(f"e{number}", 300, MONDAY + timedelta(days=number % 5, minutes=4 * number), **columns)
    return world


def known_person() -> World:
    """GC3: 85 employees, a person from the news."""
    return _crowd(85, searched_by="name")


def emergency_button() -> World:
    """GC4: 160 employees, each by the emergency procedure."""
    return _crowd(160, reason="break-glass")


def wrong_number() -> World:
    """GC8: a BSN two slips off, sixty seconds later the right, linked one."""
    world = agency()
    right = 100
    near = two_slips_apart(np.array([int(number) for number in BSNS]), np.full(len(BSNS), int(BSNS[right])))
    wrong = next(place for place in np.flatnonzero(near).tolist() if place > right)
    world.link(right, "e1", MONDAY - timedelta(days=1))
    world.look("e1", wrong, MONDAY)
    world.look("e1", right, MONDAY + timedelta(seconds=60))
    return world


def self_made_link() -> World:
    """GC12: the looker registers the case link the next day."""
    world = agency()
    world.look("e1", 100, MONDAY)
    world.link(100, "e1", MONDAY - timedelta(hours=1), registered_at=MONDAY + timedelta(days=1), registered_by="e1")
    return world


CASES: dict[str, Case] = {
    "GC1 own street": own_street,
    "GC2 ex-partner": ex_partner,
    "GC3 known person": known_person,
    "GC4 emergency button": emergency_button,
    "GC6 registered within the grace": late_link_within_grace,
    "GC6 registered ten days later": late_link_after_ten_days,
    "GC7 team queue": team_queue,
    "GC8 wrong number": wrong_number,
    "GC9 own personnel file": own_personnel_file,
    "GC9 own file in a client system": own_file_in_client_system,
    "GC12 self-made link": self_made_link,
}
