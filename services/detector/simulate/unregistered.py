"""Lawful looks that no register explains at once: cover, second opinions, help by the lead, aftercare."""

from __future__ import annotations

import numpy as np
import polars as pl

from services.detector.simulate.agency import Agency
from services.detector.simulate.caseload import OWN
from services.detector.simulate.dice import NONE, Dice, Ints, sample
from services.detector.simulate.links import holdings_that_close
from services.detector.simulate.odd_kinds import kind
from services.detector.simulate.screens import habitual_openings, habitual_screens
from services.detector.simulate.timeline import MINUTE
from services.detector.simulate.visits import column, needs_search, visits

COVERS = 0.005
"""Looks on behalf of an absent colleague, per regular visit."""

CONSULTATIONS, SUPERVISIONS = 0.011, 0.018
"""Asked for, per visit to an own case; about two in three come about."""

SAME_TEAM = 0.65
"""Share of second opinions that are given within the team, the rest within the department."""

AFTERCARE, AFTERCARE_DAYS = 0.04, 27
"""Share of closed cases, and within how many days."""

SHOWS_CASE = 0.5


def look(
    rng: Dice, agency: Agency, row: Ints, case: pl.DataFrame, name: str, *, at: Ints | None = None
) -> pl.DataFrame:
    """A usual look on each workday at the person of each case, told as an oddity; at any time unless given."""
    workdays = agency.workdays
    role = agency.organisation.role[workdays.employee[row]]
    seconds = rng.uniform(workdays.start[row] + 600, workdays.end[row] - 600)
    opened_by = habitual_openings(rng, role)
    return visits(
        len(row),
        employee=workdays.employee[row],
        workday=row,
        at=agency.timeline.at(workdays.day[row], seconds) if at is None else at,
        person=column(case, "person"),
        case=np.where(rng.random(len(row)) < SHOWS_CASE, column(case, "case"), NONE),
        screen=habitual_screens(rng, role),
        opened_by=opened_by,
        searched=needs_search(opened_by),
        oddity=kind(name),
    )


def covers(rng: Dice, agency: Agency, holdings: pl.DataFrame, regular_visits: int) -> pl.DataFrame:
    """The owner is away on a working day, and a colleague of the team takes what cannot wait."""
    wanted, workdays = round(COVERS * agency.profile.oddities * regular_visits), agency.workdays
    own = holdings.filter(own_of_citizens(agency))
    case = own[rng.integers(0, own.height, 12 * wanted)]
    day, owner = rng.choice(agency.timeline.working, case.height), column(case, "employee")
    away = (workdays.row(owner, day) == NONE) & agency.employment.employed(owner, day)
    away &= (column(case, "first") < day) & (day <= column(case, "last"))
    team = agency.employment.team_on(agency.organisation, owner, day)
    row = agency.workload.team_day(rng, team, day, day)
    chosen = np.flatnonzero(away & (row != NONE))[:wanted]
    return look(rng, agency, row[chosen], case[chosen], "cover_absent")


def consultations(rng: Dice, agency: Agency, holdings: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Within minutes of the owner's visit a colleague has a look too."""
    asked = visits_to_own_cases(rng, agency, holdings, told, CONSULTATIONS)
    workdays = agency.workdays
    team, day = workdays.team[column(asked, "workday")], workdays.day[column(asked, "workday")]
    team = np.where(rng.random(len(team)) < SAME_TEAM, team, team_of_department(rng, agency, team))
    row = agency.workload.team_day(rng, team, day, day)
    at = column(asked, "at") + (rng.uniform(0.7, 20, asked.height) * MINUTE).astype(np.int64)
    at_work = agency.timeline.at(day, workdays.start[row]) < at
    at_work &= (at < agency.timeline.at(day, workdays.end[row])) & (row != NONE)
    fits = np.flatnonzero(at_work & (workdays.employee[row] != column(asked, "employee")))
    return look(rng, agency, row[fits], asked[fits], "consultation", at=at[fits])


def supervision(rng: Dice, agency: Agency, holdings: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """The lead of the team looks along on the same day."""
    asked = visits_to_own_cases(rng, agency, holdings, told, SUPERVISIONS)
    workdays, workday = agency.workdays, column(asked, "workday")
    lead = agency.organisation.lead[workdays.team[workday]]
    row = workdays.row(lead, workdays.day[workday])
    there = np.flatnonzero((row != NONE) & (lead != column(asked, "employee")))
    return look(rng, agency, row[there], asked[there], "supervisor_help")


def aftercare(rng: Dice, agency: Agency, holdings: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """The owner looks once more in the weeks after the case was closed."""
    closed = holdings_that_close(holdings, links).filter(own_of_citizens(agency))
    closed = closed[sample(rng, np.ones(closed.height, dtype=np.bool_), AFTERCARE)]
    end = agency.timeline.day_of(column(closed, "valid_to"))
    row = agency.workload.employee_day(rng, column(closed, "employee"), end + 1, end + AFTERCARE_DAYS)
    found = np.flatnonzero(row != NONE)
    return look(rng, agency, row[found], closed[found], "aftercare")


def own_of_citizens(agency: Agency) -> pl.Expr:
    """Own cases; files of staff stay with those who may handle them."""
    return (pl.col("stream") == OWN) & (pl.col("person") >= agency.people.citizens.start)


def visits_to_own_cases(
    rng: Dice, agency: Agency, holdings: pl.DataFrame, told: pl.DataFrame, share: float
) -> pl.DataFrame:
    own = column(holdings.select(own=own_of_citizens(agency).cast(pl.Int64)), "own")
    return told[sample(rng, own[column(told, "holding")] == 1, share * agency.profile.oddities)]


def team_of_department(rng: Dice, agency: Agency, team: Ints) -> Ints:
    """A random team of the same department; teams are numbered department by department."""
    department = agency.organisation.department
    first = np.searchsorted(department, department[team])
    teams = np.searchsorted(department, department[team], side="right") - first
    return first + (rng.random(len(team)) * teams).astype(np.int64)
