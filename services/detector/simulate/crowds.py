"""Lawful work of many files or many people at once: a task force, a check after a migration, help for another team."""

from __future__ import annotations

import numpy as np
import polars as pl

from services.detector.simulate.agency import Agency
from services.detector.simulate.caseload import QUEUE
from services.detector.simulate.dice import NONE, Dice, Ints, sample
from services.detector.simulate.ledger import Ledger
from services.detector.simulate.organisation import CLAIMS, REVIEWER
from services.detector.simulate.rows import USUAL_REASONS
from services.detector.simulate.screens import CASE, OTHER, WORKLIST, screen
from services.detector.simulate.timeline import HOUR, MINUTE
from services.detector.simulate.unregistered import look, own_of_citizens, team_of_department
from services.detector.simulate.visits import column

WEEKS_OF_WORK_PER_CROWD = 4_000
"""Employee-weeks for each task force, each migration and each two days of help between teams; one of each at least."""

FORCE, FORCE_LOOKS = (6, 15), 4
MEMBER_GETS_LINK = 0.7
CHECKED, HELPED = (20, 56), (60, 160)
"""Files that a member of a migrated team checks, and that a helper goes through in another team's queue (those that
are open by then are worked on)."""

MAILINGS, LONGEST_MAILING, LETTER_DAYS = 0.0008, 80, 21
"""Per day at work of a claims handler; clients whose case was closed so many days ago still get a letter."""

ON_DUTY, SAMPLE, START_DAYS = 0.3, 0.15, 4
"""Share of the reviewers who draw samples, how often on a day at work, and on which first days of a month they draw a
large one."""


def crowds(agency: Agency) -> int:
    """How many task forces and migrations the run has."""
    work = agency.organisation.size * agency.timeline.days / 7
    return max(1, round(work * agency.profile.oddities / WEEKS_OF_WORK_PER_CROWD))


def task_forces(rng: Dice, agency: Agency, ledger: Ledger) -> pl.DataFrame:
    """Someone is in the news: for a day people of one department work on the file, and links follow the next day."""
    parts = [_task_force(rng, agency, ledger) for _ in range(crowds(agency))]
    return pl.concat(parts)


def _task_force(rng: Dice, agency: Agency, ledger: Ledger) -> pl.DataFrame:
    workdays, citizens = agency.workdays, agency.people.citizens
    day = int(rng.choice(agency.timeline.working))
    department = agency.organisation.department[workdays.team]
    there = np.flatnonzero((workdays.day == day) & (department == rng.choice(department)))
    members = rng.permutation(there)[: int(rng.integers(*FORCE))]
    case, person = ledger.new_cases(1), int(rng.integers(citizens.start, citizens.stop))
    row = np.repeat(members, rng.integers(1, FORCE_LOOKS + 1, len(members)))
    files = pl.DataFrame({"person": np.full(len(row), person), "case": np.repeat(case, len(row))})
    linked = workdays.employee[members[rng.random(len(members)) < MEMBER_GETS_LINK]]
    morning = agency.timeline.at(np.full(len(linked), day), np.full(len(linked), 8.0 * 3600))
    ledger.link(
        "task",
        case=np.repeat(case, len(linked)),
        person=np.full(len(linked), person),
        employee=linked,
        begin=morning - 2 * HOUR,
        end=morning + 48 * HOUR,
        registered_at=morning + 25 * HOUR + rng.integers(0, 120, len(linked)) * MINUTE,
    )
    return look(rng, agency, row, files, "task_force")


def migrations(rng: Dice, agency: Agency, holdings: pl.DataFrame) -> pl.DataFrame:
    """After a migration a team checks whether its files came over well, closed ones included."""
    parts = []
    claims_teams = np.unique(agency.organisation.team[agency.organisation.role == CLAIMS])
    for _ in range(crowds(agency)):
        day, team = int(rng.choice(agency.timeline.working)), int(rng.choice(claims_teams))
        there = np.flatnonzero((agency.workdays.day == day) & (agency.workdays.team == team))
        mine = np.flatnonzero(agency.organisation.team == team)
        cases = holdings.filter(own_of_citizens(agency), pl.col("employee").is_in(mine), pl.col("first") < day)
        row = np.repeat(there, rng.integers(*CHECKED, len(there)))
        files = cases[rng.integers(0, cases.height, len(row))] if cases.height else cases
        parts.append(look(rng, agency, row[: files.height], files, "migration_check"))
    return pl.concat(parts).with_columns(
        screen=pl.lit(screen("file"), pl.Int64), opened_by=pl.lit(WORKLIST, pl.Int64), searched=pl.lit(0, pl.Int64)
    )


def helpers(rng: Dice, agency: Agency, holdings: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """Some members of a team work on the queue of another team of the department for a day; most get tasks for it."""
    workdays = agency.workdays
    claims = np.flatnonzero(agency.organisation.role[workdays.employee] == CLAIMS)
    helper = rng.choice(claims, 4 * crowds(agency), replace=False)
    row = np.repeat(helper, rng.integers(*HELPED, len(helper)))
    queue = holdings.filter(pl.col("stream") == QUEUE).sort("team", maintain_order=True)
    other = team_of_department(rng, agency, workdays.team[row])
    low, high = np.searchsorted(column(queue, "team"), other), np.searchsorted(column(queue, "team"), other, "right")
    at, day = low + (rng.random(len(row)) * (high - low)).astype(np.int64), workdays.day[row]
    fits = np.flatnonzero((high > low) & (other != workdays.team[row]))
    open_then = (column(queue, "first")[at[fits]] <= day[fits]) & (day[fits] <= column(queue, "last")[at[fits]])
    fits = fits[open_then]
    seen = look(rng, agency, row[fits], queue[at[fits]], "helping_out")
    _give_tasks(rng, agency, seen, column(queue, "case")[at[fits]], ledger)
    return seen


def _give_tasks(rng: Dice, agency: Agency, seen: pl.DataFrame, case: Ints, ledger: Ledger) -> None:
    """Planning writes the tasks down that night."""
    told = np.flatnonzero(rng.random(seen.height) < MEMBER_GETS_LINK)
    at, row = column(seen, "at")[told], column(seen, "workday")[told]
    ledger.link(
        "task",
        case=case[told],
        person=column(seen, "person")[told],
        employee=column(seen, "employee")[told],
        begin=at - rng.integers(5, 60, len(told)) * MINUTE,
        end=at + 10 * HOUR,
        registered_at=agency.timeline.at(agency.workdays.day[row] + 1, rng.uniform(3.5, 6.5, len(told)) * 3600),
    )


def mailings(rng: Dice, agency: Agency, holdings: pl.DataFrame) -> pl.DataFrame:
    """A handler exports the files of many own clients one by one, for letters that have to go out."""
    workdays = agency.workdays
    row = sample(rng, agency.organisation.role[workdays.employee] == CLAIMS, MAILINGS * agency.profile.oddities)
    own = holdings.filter(own_of_citizens(agency)).sort("employee", maintain_order=True)
    owner = column(own, "employee")
    employee = workdays.employee[row]
    low, high = np.searchsorted(owner, employee), np.searchsorted(owner, employee, side="right")
    pairs = [
        (r, case) for r, a, b in zip(row, low, high, strict=True) for case in range(a, min(b, a + LONGEST_MAILING))
    ]
    rows, cases = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    day = workdays.day[rows]
    fits = (column(own, "first")[cases] < day) & (day <= column(own, "last")[cases] + LETTER_DAYS)
    rows, cases = rows[fits], cases[fits]
    start = rng.uniform(workdays.start, workdays.end - 3 * 3600)[rows]
    at = agency.timeline.at(workdays.day[rows], start + 40.0 * np.arange(len(rows)) % 7_000)
    return look(rng, agency, rows, own[cases], "mailing", at=at).with_columns(
        screen=pl.lit(screen("export"), pl.Int64), opened_by=pl.lit(CASE, pl.Int64), searched=pl.lit(0, pl.Int64)
    )


def month_exports(rng: Dice, agency: Agency) -> pl.DataFrame:
    """Some reviewers export lists to draw their samples from, large ones after each month; nobody is looked up."""
    workdays = agency.workdays
    on_duty = (agency.organisation.role == REVIEWER) & (rng.random(agency.organisation.size) < ON_DUTY)
    starts = agency.timeline.day_of_month(workdays.day) <= START_DAYS
    large = np.flatnonzero(on_duty[workdays.employee] & starts)
    month = workdays.employee[large] * 100 + agency.timeline.month(workdays.day[large])
    large = large[np.unique(month, return_index=True)[1]]
    small = np.setdiff1d(sample(rng, on_duty[workdays.employee], SAMPLE), large)
    row = np.concatenate([large, small])
    records = np.append(rng.integers(60, 300, len(large)), rng.integers(15, 120, len(small)))
    nobody = pl.DataFrame({"person": np.full(len(row), NONE), "case": np.full(len(row), NONE)})
    return look(rng, agency, row, nobody, "month_export").with_columns(
        screen=pl.lit(screen("report"), pl.Int64),
        opened_by=pl.lit(OTHER, pl.Int64),
        searched=pl.lit(0, pl.Int64),
        reason=pl.lit(USUAL_REASONS.index("controle"), pl.Int64),
        records=pl.Series(records),
    )
