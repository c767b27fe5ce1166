"""Files of staff and their families, opened by people who are not entitled to them, and help from a colleague."""

from __future__ import annotations

import numpy as np
import polars as pl

from services.detector.simulate.dice import NONE, Flags, Ints
from services.detector.simulate.misuse.files import look_now_and_then
from services.detector.simulate.misuse.scene import Episode, Scene
from services.detector.simulate.timeline import HOUR, MINUTE
from services.detector.simulate.visits import column


def staff_family_file(scene: Scene) -> None:
    """The partner or child of a colleague of another team, whose file only Eigen personeel may open."""
    employee = scene.employee()
    family = scene.agency.people.relations.filter(
        pl.col("kind").is_in(["partner", "child"]), pl.col("source").is_in(["declared", "eigen-personeel"])
    )
    others = family.filter(pl.Series(_other_team(scene, employee, column(family, "employee"))))
    person = int(scene.rng.choice(column(others, "person")))
    look_now_and_then(scene, ("staff_family_file", "medium"), employee, person, days=(1, 3))


def eigen_personeel_bypass(scene: Scene) -> None:
    """The file of somebody of another team, outside Eigen personeel."""
    employee = scene.employee()
    staff = np.arange(scene.agency.organisation.size)
    person = int(scene.rng.choice(staff[_other_team(scene, employee, staff)]))
    look_now_and_then(scene, ("eigen_personeel_bypass", "easy"), employee, person, days=(1, 2))


def colleague_conflict(scene: Scene) -> None:
    """After a conflict a team mate's file is opened on several days of a fortnight."""
    employee = scene.employee(8)
    team = scene.agency.organisation.team
    mates = np.flatnonzero((team == team[employee]) & (np.arange(len(team)) != employee))
    person = int(scene.rng.choice(mates))
    look_now_and_then(scene, ("colleague_conflict", "easy"), employee, person, days=(4, 7), span=15)


def accomplice_link(scene: Scene) -> None:
    """A look at a stranger, for which a team mate writes down a link within hours: in the registers it is work."""
    employee = scene.employee()
    person, (row,) = int(scene.strangers(employee, 1)[0]), scene.workdays(employee, 1)
    team = scene.agency.organisation.team
    mates = np.flatnonzero((team == team[employee]) & (np.arange(len(team)) != employee))
    at = scene.moments(row, 1)
    scene.links.append(
        {
            "case": scene.new_case(),
            "person": person,
            "employee": employee,
            "kind": 1,
            "valid_from": int(at[0]) - 30 * MINUTE,
            "valid_to": int(at[0]) + 24 * HOUR,
            "registered_at": int(at[0]) + int(scene.rng.integers(5, 150)) * MINUTE,
            "registrar": int(scene.rng.choice(mates)),
        }
    )
    played = scene.begin(Episode("accomplice_link", "untraceable", employee, person, 1, 24.0))
    scene.play(played, row, at, person, case=NONE)


def _other_team(scene: Scene, employee: int, others: Ints) -> Flags:
    """Which of the others never were in a team of the employee's."""
    organisation, employment = scene.agency.organisation, scene.agency.employment
    mine = scene.teams_of(employee)
    apart: Flags = ~np.isin(organisation.team[others], mine) & ~np.isin(employment.new_team[others], mine)
    return apart
