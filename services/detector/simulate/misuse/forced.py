"""Misuse by ways that are meant for something else: forced access, a system without a statement, old files."""

from __future__ import annotations

import numpy as np
import polars as pl

from services.detector.simulate.dice import NONE
from services.detector.simulate.further import USERS
from services.detector.simulate.misuse.scene import Episode, Scene
from services.detector.simulate.rows import FORCED_BARE, FORCED_COPIED
from services.detector.simulate.screens import CASE, NAME, screen
from services.detector.simulate.timeline import MINUTE
from services.detector.simulate.unusual import old_links
from services.detector.simulate.visits import column


def break_glass(scene: Scene) -> None:
    """Access to strangers' files is forced, without a reason or with the same word every time."""
    employee = scene.employee()
    rows = scene.workdays(employee, scene.some(3, 5), span=40)
    people = scene.strangers(employee, len(rows))
    reason = FORCED_BARE if scene.rng.random() < 0.5 else FORCED_COPIED
    played = scene.begin(Episode("break_glass", "medium", employee, NONE, min(2, len(rows)), 24.0))
    for row, person in zip(rows, people, strict=True):
        scene.play(played, int(row), scene.moments(int(row), 1), int(person), reason=reason)


def ex_partner_break_glass(scene: Scene) -> None:
    """An ex-partner of whom no register knows, opened again and again, at times by force."""
    employee, person = scene.employee(10), scene.nobody()
    rows = scene.workdays(employee, max(3, scene.some(5, 12)))
    played = scene.begin(Episode("ex_partner_break_glass", "medium", employee, person, min(3, len(rows)), 24.0))
    for row in rows:
        reason = FORCED_BARE if scene.rng.random() < 0.4 else NONE
        screen_number, opened_by = scene.style()
        at = scene.moments(int(row), 1)
        scene.play(played, int(row), at, person, screen=screen_number, opened_by=opened_by, reason=reason)


def dormant_file(scene: Scene) -> None:
    """One look at a file in which nothing happened for years."""
    employee = scene.employee()
    person, (row,) = scene.nobody(), scene.workdays(employee, 1)
    old_links(scene.rng, scene.agency, np.array([person]), scene.ledger)
    played = scene.begin(Episode("dormant_file", "hard", employee, person, 1, 24.0))
    scene.play(played, row, scene.moments(row, 1), person, screen=screen("income"))


def suwinet_no_statement(scene: Scene) -> None:
    """Suwinet is used for own clients by someone whose work does not need it and who signed no statement for it."""
    others = np.flatnonzero(~np.isin(scene.agency.organisation.role, USERS))
    employee = scene.employee(among=np.setdiff1d(others, scene.unsigned))
    scene.unsigned.append(employee)
    rows = scene.workdays(employee, scene.some(3, 8), span=60)
    played = scene.begin(Episode("suwinet_no_statement", "easy", employee, NONE, 1, 24.0))
    clients = scene.lawful_of(employee).filter(pl.col("case") != NONE)
    for row in rows:
        work = clients.filter(pl.col("workday") == int(row), pl.col("oddity") == NONE)
        work = work if work.height else clients
        one = work[int(scene.rng.integers(work.height))]
        at = column(one, "at") + int(scene.rng.integers(1, 9)) * MINUTE
        case = column(one, "case")
        scene.play(
            played, int(row), at, column(one, "person"), case=case, opened_by=CASE, screen=screen("address check")
        )


def look_and_print(scene: Scene) -> None:
    """A stranger's file is found by name, and what it shows is printed to be taken along."""
    employee = scene.employee()
    person = int(scene.strangers(employee, 1)[0])
    rows = scene.workdays(employee, scene.some(1, 3), span=20)
    played = scene.begin(Episode("look_and_print", "medium", employee, person, 1, 24.0))
    for row in rows:
        at = scene.moments(int(row), 1)
        scene.play(played, int(row), at, person, opened_by=NAME, screen=screen("print"))
