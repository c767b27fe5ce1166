"""Work that passes into other hands: leavers go through their cases, successors read them."""

from __future__ import annotations

import numpy as np
import polars as pl

from services.detector.simulate.agency import Agency
from services.detector.simulate.dice import NONE, Dice
from services.detector.simulate.ledger import Ledger
from services.detector.simulate.timeline import MINUTE
from services.detector.simulate.unregistered import look, own_of_citizens
from services.detector.simulate.visits import column

LAST_DAYS = 12
"""Days before the last in which a leaver hands over."""

GETS_LINK = 0.6
"""Share of the cases read for which the successor gets a link, mostly on the leaver's last day; the rest goes elsewhere
after all."""

OF_TEAM = 0.01
"""Chance that a relative of an employee is a client of the employee's team."""


def leavers(rng: Dice, agency: Agency, holdings: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """A leaver opens every own case once more, and colleagues of the team read some of them."""
    left = agency.employment.left
    cases = holdings.filter(own_of_citizens(agency))
    owner, days = column(cases, "employee"), agency.timeline.days
    leaves = (left[owner] <= days) & (column(cases, "last") >= left[owner] - LAST_DAYS)
    cases = cases.filter(pl.Series(leaves & (column(cases, "first") < left[owner] - LAST_DAYS)))
    owner = column(cases, "employee")
    row = agency.workload.employee_day(rng, owner, left[owner] - LAST_DAYS, left[owner] - 1)
    seen = np.flatnonzero(row != NONE)
    reviewed = look(rng, agency, row[seen], cases[seen], "handover_review")
    team = agency.employment.team_on(agency.organisation, owner, left[owner] - 1)
    other = agency.workload.team_day(rng, team, left[owner] - LAST_DAYS, left[owner] - 1)
    fits = (other != NONE) & (agency.workdays.employee[other] != owner) & (rng.random(len(owner)) < 0.7)
    read = np.flatnonzero(fits)
    reading = look(rng, agency, other[read], cases[read], "handover_reading")
    _pass_on(rng, agency, cases[read], reading, ledger)
    return pl.concat([reviewed, reading])


def _pass_on(rng: Dice, agency: Agency, cases: pl.DataFrame, reading: pl.DataFrame, ledger: Ledger) -> None:
    kept = np.flatnonzero(rng.random(cases.height) < GETS_LINK)
    at, end = column(reading, "at")[kept], agency.employment.left[column(cases, "employee")[kept]]
    ledger.link(
        "assignment",
        case=column(cases, "case")[kept],
        person=column(cases, "person")[kept],
        employee=column(reading, "employee")[kept],
        begin=at - 5 * MINUTE,
        end=NONE,
        registered_at=np.maximum(agency.timeline.at(end - 1, rng.uniform(12, 17, len(kept)) * 3600), at),
    )


def relatives_of_team(rng: Dice, agency: Agency, ledger: Ledger) -> pl.DataFrame:
    """Somebody's relative happens to be a client of the own team; a colleague has the case and does the work."""
    family = agency.people.relations.unique("person", keep="first", maintain_order=True)
    client = family[np.flatnonzero(rng.random(family.height) < OF_TEAM * agency.profile.oddities)]
    team = agency.organisation.team[column(client, "employee")]
    first = rng.choice(agency.timeline.working, client.height)
    row = agency.workload.team_day(rng, team, first, first + 4)
    row = np.where(agency.organisation.handles_staff[column(client, "employee")], NONE, row)
    case = ledger.new_cases(client.height)
    files = client.select("person").with_columns(case=pl.Series(case))
    fits = np.flatnonzero(row != NONE)
    fits = fits[agency.workdays.employee[row[fits]] != column(client, "employee")[fits]]
    fits = fits[~agency.staff_files(column(client, "person"))[fits]]
    seen = look(rng, agency, row[fits], files[fits], "relative_of_team")
    begin = column(seen, "at") - rng.integers(20, 400, seen.height) * MINUTE
    ledger.link(
        "assignment",
        case=case[fits],
        person=column(seen, "person"),
        employee=column(seen, "employee"),
        begin=begin,
        end=NONE,
        registered_at=begin,
    )
    return seen
