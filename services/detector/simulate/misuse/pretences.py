"""Misuse that pretends to be work: links made afterwards, claimed cases, somebody else's account."""

from __future__ import annotations

import numpy as np
import polars as pl

from services.detector.simulate.dice import NONE
from services.detector.simulate.misuse.scene import Episode, Scene
from services.detector.simulate.screens import CASE, screen
from services.detector.simulate.timeline import HOUR, MINUTE
from services.detector.simulate.visits import column

ENOUGH_CASES = 8
"""Cases of a team mate, so that some of them are no business of the employee."""


def retro_self_link(scene: Scene) -> None:
    """A look or a few, and on a later day at work the looker writes down a link that makes them lawful."""
    employee = scene.employee()
    person = int(scene.strangers(employee, 1)[0])
    rows = scene.workdays(employee, int(scene.rng.integers(1, 4)), span=14, spare=2)
    at = np.concatenate([scene.moments(row, 1) for row in rows])
    registered = int(scene.moments(scene.next_attended(employee, int(rows[-1])), 1)[0])
    registered = max(registered, int(at[-1]) + 3 * HOUR)
    scene.links.append(
        {
            "case": scene.new_case(),
            "person": person,
            "employee": employee,
            "kind": int(scene.rng.integers(3)),
            "valid_from": int(at[0]) - int(scene.rng.integers(1, 40)) * MINUTE,
            "valid_to": registered + 24 * HOUR if scene.rng.random() < 0.5 else NONE,
            "registered_at": registered,
            "registrar": employee,
        }
    )
    episode = scene.begin(Episode("retro_self_link", "medium", employee, person, 0, 0.0, at=registered))
    scene.play(episode, rows, at, person)


def false_case_claim(scene: Scene) -> None:
    """Looks that claim a case of another client, or one that does not exist."""
    employee, looks = scene.employee(), scene.some(2, 6)
    people = scene.strangers(employee, 1 if scene.rng.random() < 0.6 else looks)
    rows = scene.workdays(employee, looks, span=30)
    claim = scene.someone_elses_case() if scene.rng.random() < 0.7 else scene.new_case()
    person = int(people[0]) if len(people) == 1 else NONE
    episode = scene.begin(Episode("false_case_claim", "medium", employee, person, min(2, len(rows)), 24.0))
    for turn, row in enumerate(rows):
        whom = int(people[turn % len(people)])
        scene.play(episode, row, scene.moments(row, 1), whom, opened_by=CASE, case=claim, screen=screen("income"))


def account_sharing(scene: Scene) -> None:
    """A team mate does own work in the employee's session, at another place, in the same minutes."""
    employee, mate, theirs = _employee_and_mate(scene)
    rows = scene.workdays(employee, scene.some(2, 5), span=60)
    episode = scene.begin(Episode("account_sharing", "medium", employee, NONE, min(3, len(rows)), 1.0))
    for row in rows:
        mine = column(scene.lawful_of(employee).filter(pl.col("workday") == row), "at")
        at = np.sort(scene.rng.choice(mine, min(len(mine), int(scene.rng.integers(3, 9))), replace=False))
        work = theirs[scene.rng.integers(0, theirs.height, len(at))]
        scene.play(
            episode,
            row,
            at + scene.rng.integers(-MINUTE, MINUTE, len(at)),
            column(work, "person"),
            case=column(work, "case"),
            opened_by=CASE,
            screen=screen("income"),
            desk=mate,
            remote=int(not scene.agency.workdays.remote[row]),
        )


def _employee_and_mate(scene: Scene) -> tuple[int, int, pl.DataFrame]:
    """An employee, a mate, and cases of the mate with which the employee has nothing to do."""
    owners = column(scene.cases.filter(pl.col("employee") != NONE), "employee")
    busy = np.flatnonzero(np.bincount(owners) >= ENOUGH_CASES)
    team = scene.agency.organisation.team
    usual = np.bincount(team[scene.at_work], minlength=len(scene.agency.organisation.lead)) > 1
    mate = int(scene.rng.choice(busy[usual[team[busy]]]))
    employee = scene.employee(8, among=np.setdiff1d(np.flatnonzero(team == team[mate]), [mate]))
    theirs = scene.cases.filter(pl.col("employee") == mate)
    strange = ~np.isin(column(theirs, "person"), scene.clients_of(employee))
    return employee, mate, theirs.filter(pl.Series(strange))
