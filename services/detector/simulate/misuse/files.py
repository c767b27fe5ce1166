"""Looks at files of people the employee knows: own, relatives', colleagues', neighbours', acquaintances'."""

from __future__ import annotations

import numpy as np
import polars as pl

from services.detector.simulate.dice import NONE, Ints
from services.detector.simulate.misuse.scene import Episode, Scene
from services.detector.simulate.screens import ADDRESS, NAME, screen
from services.detector.simulate.timeline import SECOND
from services.detector.simulate.visits import column

AT_ONCE = (1, 0.0)
"""Enough is the first visit, and no time is needed."""

WITHIN_A_DAY = (1, 24.0)
THIRD_VISIT = (3, 24.0)


def look_now_and_then(
    scene: Scene,
    episode: tuple[str, str],
    employee: int,
    person: int,
    *,
    days: tuple[int, int],
    detectable: tuple[int, float] = AT_ONCE,
    span: int | None = None,
) -> None:
    """One look on each of some days at work at the file of one person."""
    rows = scene.workdays(employee, scene.some(*days), span)
    enough, hours = min(detectable[0], len(rows)), detectable[1]
    played = scene.begin(Episode(*episode, employee, person, enough, hours))
    for row in rows:
        screen_number, opened_by = scene.style()
        scene.play(played, row, scene.moments(row, 1), person, screen=screen_number, opened_by=opened_by)


def own_file(scene: Scene) -> None:
    """The own BSN in a client system."""
    employee = scene.employee()
    look_now_and_then(scene, ("own_file", "easy"), employee, employee, days=(1, 3))


def _relative(scene: Scene, kind: str) -> tuple[int, int]:
    """An employee with a relative of the kind; for the household somebody who is not also partner or child."""
    family = scene.agency.people.relations
    if kind == "household":
        closer = family.filter(pl.col("kind").is_in(["partner", "child"]))
        family = family.join(closer, on=["employee", "person"], how="anti", maintain_order="left")
    family = family.filter(pl.col("kind") == kind)
    employee = scene.employee(among=column(family, "employee"))
    relatives = column(family.filter(pl.col("employee") == employee), "person")
    relative = int(scene.rng.choice(relatives))
    if scene.hides():
        scene.forgotten.append((employee, relative))
    return employee, relative


def relative_other(scene: Scene) -> None:
    """The file of a parent, brother or sister."""
    tie = _relative(scene, "parent" if scene.rng.random() < 0.5 else "sibling")
    look_now_and_then(scene, ("relative_other", "easy"), *tie, days=(1, 3))


def partner(scene: Scene) -> None:
    """The partner's file."""
    look_now_and_then(scene, ("partner", "easy"), *_relative(scene, "partner"), days=(1, 4))


def child(scene: Scene) -> None:
    """A child's file."""
    look_now_and_then(scene, ("child", "easy"), *_relative(scene, "child"), days=(1, 3))


def household_brp(scene: Scene) -> None:
    """The file of somebody at the same address, known from the address register only."""
    look_now_and_then(scene, ("household_brp", "medium"), *_relative(scene, "household"), days=(1, 3))


def colleague_file(scene: Scene) -> None:
    """The file of a team mate."""
    employee = scene.employee()
    team = scene.agency.organisation.team
    mates = np.flatnonzero((team == team[employee]) & (np.arange(len(team)) != employee))
    look_now_and_then(scene, ("colleague_file", "easy"), employee, int(scene.rng.choice(mates)), days=(1, 3))


def ex_partner(scene: Scene) -> None:
    """An ex-partner's file, again and again; six in ten of them are on record as such."""
    employee, person = scene.employee(12), scene.nobody()
    on_record = bool(scene.rng.random() < 0.6) and not scene.hides()
    if on_record:
        since = -int(scene.rng.integers(30, 3000))
        scene.relations.append(
            {"employee": employee, "person": person, "kind": "ex_partner", "source": "declared", "since": since}
        )
    detectable = AT_ONCE if on_record else THIRD_VISIT
    look_now_and_then(scene, ("ex_partner", "medium"), employee, person, days=(5, 15), detectable=detectable)


def acquaintance_once(scene: Scene) -> None:
    """One look, found by name, at somebody of whom no register knows the tie."""
    employee = scene.employee()
    person, (row,) = int(scene.strangers(employee, 1)[0]), scene.workdays(employee, 1)
    episode = scene.begin(Episode("acquaintance_once", "hard", employee, person, *WITHIN_A_DAY))
    scene.play(episode, row, scene.moments(row, 1), person, opened_by=NAME, screen=screen("address check"))


def acquaintance_repeated(scene: Scene) -> None:
    """The same, on several days."""
    employee = scene.employee(10)
    person = int(scene.strangers(employee, 1)[0])
    look_now_and_then(
        scene, ("acquaintance_repeated", "medium"), employee, person, days=(3, 10), detectable=THIRD_VISIT, span=60
    )


def neighbours(scene: Scene, employee: int, count: int) -> Ints:
    """People of the employee's street with whom the employee has no business; they move in for the occasion."""
    people, street = scene.strangers(employee, count, with_case=0.2), scene.agency.people.street
    street[people] = street[employee]
    return people


def own_street(scene: Scene) -> None:
    """A few neighbours, by number or name, each once or twice over some weeks."""
    employee = scene.employee(9)
    people = neighbours(scene, employee, max(2, scene.some(2, 4)))
    rows = scene.workdays(employee, max(3, scene.some(4, 8)), span=70)
    episode = scene.begin(Episode("own_street", "hard", employee, NONE, min(3, len(rows)), 24.0))
    for turn, row in enumerate(rows):
        screen_number, opened_by = scene.style()
        person = int(people[turn % len(people)])
        scene.play(episode, row, scene.moments(row, 1), person, screen=screen_number, opened_by=opened_by)


def address_search(scene: Scene) -> None:
    """Neighbours of the own street, found by address on one or two days."""
    employee = scene.employee()
    people = neighbours(scene, employee, scene.some(4, 9))
    rows = scene.workdays(employee, 2, span=30)
    enough = min(THIRD_VISIT[0], len(people))
    episode = scene.begin(Episode("address_search", "medium", employee, NONE, enough, THIRD_VISIT[1]))
    for row, some in zip(rows, np.array_split(people, len(rows)), strict=True):
        at = scene.moments(row, 1) + np.cumsum(scene.rng.integers(25, 150, len(some))) * SECOND
        by = ADDRESS if scene.rng.random() < 0.9 else NAME
        scene.play(episode, row, at, some, opened_by=by)


def well_known(scene: Scene) -> None:
    """Within a working week many employees look up one person who is in the news."""
    working = scene.agency.timeline.working
    first = int(scene.rng.choice(working[: max(1, len(working) - 4)]))
    rows = scene.rng.permutation(scene.attended_between(first, first + 4))
    employees, at = np.unique(scene.agency.workdays.employee[rows], return_index=True)
    count = min(max(4, scene.some(6, 15)), len(employees))
    who, person = scene.rng.permutation(at)[:count], scene.nobody()
    episode = scene.begin(Episode("well_known", "easy", NONE, person, min(5, count), 12.0))
    for row in rows[who]:
        scene.play(episode, int(row), scene.moments(int(row), 1), person, opened_by=NAME, screen=screen("file"))
