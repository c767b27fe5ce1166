"""Holdings into visits: on which days and at which times each case's file is opened, and by whom."""

from __future__ import annotations

import numpy as np
import polars as pl

from services.detector.simulate.agency import Agency
from services.detector.simulate.caseload import QUEUE, stream_weight
from services.detector.simulate.dice import NONE, Dice, Floats, Ints, dice
from services.detector.simulate.roster import LUNCH_SECONDS, Workdays
from services.detector.simulate.screens import habitual_openings, habitual_screens, screen
from services.detector.simulate.timeline import MINUTE
from services.detector.simulate.visits import column, needs_search, visits

RETURNS = 0.2
"""Share of visits after which the same file is opened again within the half hour."""

LUNCH_STARTS = 4 * 3600.0
"""Seconds after the start of a shift."""

SHOWS_CASE = 0.86
"""Share of visits in which the screen passes on the case it was opened from."""


def make_visits(agency: Agency, holdings: pl.DataFrame) -> pl.DataFrame:
    """Every contact that falls on a day at work; nobody opens an own or a relative's file."""
    rng = dice(agency.seed, "contacts")
    holding = np.repeat(np.arange(holdings.height), column(holdings, "contacts"))
    row = _workday(rng, agency, holdings[holding])
    person = column(holdings, "person")[holding]
    kept = (row != NONE) & ~agency.own_or_family(agency.workdays.employee[row], person)
    return _return_soon(rng, agency, _visit(rng, agency, holdings, holding[kept], row[kept]))


def _workday(rng: Dice, agency: Agency, contact: pl.DataFrame) -> Ints:
    employee, team = column(contact, "employee"), column(contact, "team")
    first, last = column(contact, "first"), column(contact, "last")
    by_owner = agency.workload.employee_day(rng, employee, first, last)
    by_team = agency.workload.team_day(rng, team, first, last, stream_weight(agency, QUEUE))
    return np.where(team == NONE, by_owner, by_team)


def _visit(rng: Dice, agency: Agency, holdings: pl.DataFrame, holding: Ints, row: Ints) -> pl.DataFrame:
    employee = agency.workdays.employee[row]
    role = agency.organisation.role[employee]
    opened_by, case = habitual_openings(rng, role), column(holdings, "case")[holding]
    return visits(
        len(row),
        employee=employee,
        workday=row,
        at=agency.timeline.at(agency.workdays.day[row], spread(rng, agency.workdays, row)),
        person=column(holdings, "person")[holding],
        case=np.where(rng.random(len(row)) < SHOWS_CASE, case, NONE),
        holding=holding,
        screen=habitual_screens(rng, role),
        opened_by=opened_by,
        searched=needs_search(opened_by),
    )


def spread(rng: Dice, workdays: Workdays, row: Ints) -> Floats:
    """Times of day (seconds) for visits on workdays: uneven gaps over the shift, a lunch break left free."""
    order = np.argsort(row + rng.random(len(row)) * 0.5)
    sorted_row = row[order]
    starts = np.flatnonzero(np.diff(sorted_row, prepend=NONE))
    size = np.diff(np.append(starts, len(row)))
    gaps = rng.gamma(1.6, 1.0, len(row))
    passed = np.cumsum(gaps)
    before = np.repeat(passed[starts] - gaps[starts], size)
    total = np.repeat(np.add.reduceat(gaps, starts) + rng.gamma(1.6, 1.0, len(starts)), size) if len(row) else gaps
    times = np.empty(len(row))
    times[order] = (passed - before) / total
    return _on_the_clock(workdays, row, times)


def _on_the_clock(workdays: Workdays, row: Ints, fraction: Floats) -> Floats:
    """A fraction of the working time of a day as seconds of the wall clock."""
    start, end = workdays.start[row], workdays.end[row]
    whole_day = end - start > LUNCH_STARTS + LUNCH_SECONDS
    worked = fraction * (end - start - np.where(whole_day, LUNCH_SECONDS, 0))
    return start + worked + np.where(whole_day & (worked > LUNCH_STARTS), LUNCH_SECONDS, 0)


def _return_soon(rng: Dice, agency: Agency, first: pl.DataFrame) -> pl.DataFrame:
    """Some files are opened again a little later, straight from the screen."""
    again = first.filter(pl.Series(rng.random(first.height) < RETURNS))
    later = column(again, "at") + (rng.uniform(3, 24, again.height) * MINUTE).astype(np.int64)
    row = column(again, "workday")
    end = agency.timeline.at(agency.workdays.day[row], agency.workdays.end[row])
    usual = habitual_screens(rng, agency.organisation.role[column(again, "employee")])
    brief = np.where(rng.random(again.height) < 0.5, screen("return"), usual)
    back = again.with_columns(at=pl.Series(later), searched=pl.lit(0, pl.Int64), screen=pl.Series(brief))
    return pl.concat([first, back.filter(pl.Series(later < end))])
