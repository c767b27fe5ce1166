"""Lawful looks that no register knows and that keep to no pattern: hours later, by another lead, half covered for."""

from __future__ import annotations

import numpy as np
import polars as pl

from services.detector.simulate.agency import Agency
from services.detector.simulate.caseload import QUEUE
from services.detector.simulate.dice import NONE, Dice, Ints, Rows, sample
from services.detector.simulate.timeline import MINUTE
from services.detector.simulate.unregistered import (
    look,
    own_of_citizens,
    team_of_department,
    visits_to_own_cases,
)
from services.detector.simulate.visits import column

LATER, OTHER_LEADS = 0.0025, 0.0012
"""Per visit to an own case: a second opinion hours or a day later, and help by the lead of another team."""

AT_WORK_COVERS = 0.0008
"""Per regular visit: covered for while the owner is at work (in a meeting, at a training, at the counter)."""

FIRST_DAYS = 21
"""In which somebody new reads along."""

OLD_TEAM_DAYS, OLD_TEAM_LOOKS = 35, 12
"""After a move people are still asked about the old team's work: for so long, and so many looks at most."""


def later_consultations(rng: Dice, agency: Agency, holdings: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """A colleague of the team or the department looks into it when there is time: later that day, or the next days."""
    asked = visits_to_own_cases(rng, agency, holdings, told, LATER)
    workdays = agency.workdays
    team, day = workdays.team[column(asked, "workday")], workdays.day[column(asked, "workday")]
    team = np.where(rng.random(len(team)) < 0.6, team, team_of_department(rng, agency, team))
    row = agency.workload.team_day(rng, team, day, day + 2)
    at = agency.timeline.at(workdays.day[row], rng.uniform(workdays.start[row], workdays.end[row]))
    fits = (row != NONE) & (at > column(asked, "at") + 40 * MINUTE)
    kept = np.flatnonzero(fits & (workdays.employee[row] != column(asked, "employee")))
    return look(rng, agency, row[kept], asked[kept], "consultation_later", at=at[kept])


def other_leads(rng: Dice, agency: Agency, holdings: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """The own lead is away, so the lead of another team of the department looks along."""
    asked = visits_to_own_cases(rng, agency, holdings, told, OTHER_LEADS)
    workdays, workday = agency.workdays, column(asked, "workday")
    team = workdays.team[workday]
    other = team_of_department(rng, agency, team)
    row = workdays.row(agency.organisation.lead[other], workdays.day[workday])
    there = np.flatnonzero((row != NONE) & (other != team))
    return look(rng, agency, row[there], asked[there], "other_lead")


def covers_at_work(rng: Dice, agency: Agency, holdings: pl.DataFrame, regular_visits: int) -> pl.DataFrame:
    """The owner is at work and opened something that day, and yet a colleague of the team takes the call."""
    wanted, workdays = round(AT_WORK_COVERS * agency.profile.oddities * regular_visits), agency.workdays
    own = holdings.filter(own_of_citizens(agency))
    case = own[rng.integers(0, own.height, 4 * wanted)]
    day, owner = rng.choice(agency.timeline.working, case.height), column(case, "employee")
    busy = (workdays.row(owner, day) != NONE) & (column(case, "first") < day) & (day <= column(case, "last"))
    row = agency.workload.team_day(rng, agency.employment.team_on(agency.organisation, owner, day), day, day)
    chosen = np.flatnonzero(busy & (row != NONE) & (workdays.employee[row] != owner))[:wanted]
    return look(rng, agency, row[chosen], case[chosen], "cover_at_work")


def old_team_work(rng: Dice, agency: Agency, holdings: pl.DataFrame) -> pl.DataFrame:
    """Those who moved finish some of the old team's queue, though the register counts them with the new team."""
    moved, old = agency.employment.moved, agency.organisation.team
    movers = np.flatnonzero(moved < agency.timeline.days)
    queue = holdings.filter(pl.col("stream") == QUEUE).sort("team", maintain_order=True)
    team = column(queue, "team")
    mover = np.repeat(movers, rng.integers(0, OLD_TEAM_LOOKS + 1, len(movers)))
    low, high = np.searchsorted(team, old[mover]), np.searchsorted(team, old[mover], side="right")
    case = low + (rng.random(len(mover)) * (high - low)).astype(np.int64)
    row = agency.workload.employee_day(rng, mover, moved[mover], moved[mover] + OLD_TEAM_DAYS)
    fits = np.flatnonzero((row != NONE) & (high > low))
    last = column(queue, "last")[case[fits]]
    fits = fits[last >= moved[mover[fits]]]
    return look(rng, agency, row[fits], queue[case[fits]], "old_team_work")


def newcomers(rng: Dice, agency: Agency, holdings: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """In their first weeks people read along in a colleague's cases: at the next desk, or alone in the afternoon."""
    workdays, hired, team = agency.workdays, agency.employment.hired, agency.organisation.team
    new = np.flatnonzero((hired >= 0) & (hired < agency.timeline.days))
    own = column(holdings.select(own=own_of_citizens(agency).cast(pl.Int64)), "own")
    shown = told[sample(rng, own[column(told, "holding")] == 1, 0.25)]
    day = workdays.day[column(shown, "workday")]
    of_team = Rows(workdays.team[column(shown, "workday")])
    at, who = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for newcomer in new:
        near = of_team.of(int(team[newcomer]))
        near = near[(day[near] >= hired[newcomer]) & (day[near] < hired[newcomer] + FIRST_DAYS)]
        there = workdays.row(np.full(len(near), newcomer), day[near]) != NONE
        near = near[there & (column(shown, "employee")[near] != newcomer)]
        at.append(rng.permutation(near)[: int(rng.integers(5, 30))])
        who.append(np.full(len(at[-1]), newcomer))
    return _lessons(rng, agency, shown[np.concatenate(at)], np.concatenate(who))


def _lessons(rng: Dice, agency: Agency, lessons: pl.DataFrame, newcomer: Ints) -> pl.DataFrame:
    """Half of them beside the colleague at that very moment."""
    workdays = agency.workdays
    row = workdays.row(newcomer, workdays.day[column(lessons, "workday")])
    beside = column(lessons, "at") + rng.integers(10, 240, lessons.height) * 10**6
    alone = agency.timeline.at(workdays.day[row], rng.uniform(workdays.start[row], workdays.end[row]))
    at_once = rng.random(lessons.height) < 0.5
    return look(rng, agency, row, lessons, "newcomer_learning", at=np.where(at_once, beside, alone))
