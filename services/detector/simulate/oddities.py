"""Regular visits into all lawful visits: what real desks do besides, and what looks odd is told by its kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from services.detector.simulate.agency import Agency
from services.detector.simulate.crowds import helpers, mailings, migrations, month_exports, task_forces
from services.detector.simulate.dice import NONE, Dice, dice, sample
from services.detector.simulate.handovers import leavers, relatives_of_team
from services.detector.simulate.ledger import Ledger
from services.detector.simulate.links import IN_ADVANCE, NEVER, NEXT_MORNING, Registration
from services.detector.simulate.loose import (
    covers_at_work,
    later_consultations,
    newcomers,
    old_team_work,
    other_leads,
)
from services.detector.simulate.odd_kinds import kind
from services.detector.simulate.organisation import LEAD
from services.detector.simulate.screens import CASE, OTHER, screen
from services.detector.simulate.slips import kept_slips, namesakes, stale_screens, typos
from services.detector.simulate.unregistered import aftercare, consultations, covers, look, supervision
from services.detector.simulate.unusual import (
    archive_requests,
    emergencies,
    linked_persons,
    neighbours,
    reopened,
)
from services.detector.simulate.visits import column

PERSONNEL_FILE, REPORT = 0.025, 0.07
"""Per employee and day at work; per lead and day at work."""


@dataclass(frozen=True)
class Oddities:
    """The agency (with the owners of mistyped BSNs), all lawful visits, and what they left in the registers."""

    agency: Agency
    visits: pl.DataFrame
    ledger: Ledger


def add_oddities(agency: Agency, holdings: pl.DataFrame, regular: pl.DataFrame, register: Registration) -> Oddities:
    """The regular visits with the odd ones between them; nobody opens a relative's file."""
    rng, more = dice(agency.seed, "oddities"), dice(agency.seed, "further oddities")
    ledger = Ledger(more, int(column(holdings, "case").max()) + 1)
    told = stale_screens(rng, _tell_registration(agency, regular, holdings, register))
    told = reopened(more, agency, holdings, neighbours(agency, told), ledger)
    agency, mistyped = typos(rng, agency, told)
    agency, kept = kept_slips(more, agency, told, ledger)
    odd = pl.concat(
        [
            mistyped,
            kept,
            namesakes(rng, agency, told),
            covers(rng, agency, holdings, told.height),
            consultations(rng, agency, holdings, told),
            supervision(rng, agency, holdings, told),
            aftercare(rng, agency, holdings, register.links),
            _reports(rng, agency),
            *_loose(more, agency, holdings, told),
            *_others(more, agency, holdings, told, ledger),
        ]
    )
    employee, person = column(odd, "employee"), column(odd, "person")
    closed = agency.own_or_family(employee, person) | agency.staff_files(person)
    return Oddities(agency, pl.concat([told, odd.filter(pl.Series(~closed)), _personnel_files(rng, agency)]), ledger)


def _loose(rng: Dice, agency: Agency, holdings: pl.DataFrame, told: pl.DataFrame) -> list[pl.DataFrame]:
    """What no register knows."""
    return [
        later_consultations(rng, agency, holdings, told),
        other_leads(rng, agency, holdings, told),
        covers_at_work(rng, agency, holdings, told.height),
        old_team_work(rng, agency, holdings),
        newcomers(rng, agency, holdings, told),
    ]


def _others(
    rng: Dice, agency: Agency, holdings: pl.DataFrame, told: pl.DataFrame, ledger: Ledger
) -> list[pl.DataFrame]:
    """What some register comes to know, in part and later."""
    return [
        leavers(rng, agency, holdings, ledger),
        relatives_of_team(rng, agency, ledger),
        task_forces(rng, agency, ledger),
        migrations(rng, agency, holdings),
        helpers(rng, agency, holdings, ledger),
        mailings(rng, agency, holdings),
        month_exports(rng, agency),
        emergencies(rng, agency, ledger),
        archive_requests(rng, agency, ledger),
        linked_persons(rng, agency, holdings, told, ledger),
    ]


def _tell_registration(
    agency: Agency, regular: pl.DataFrame, holdings: pl.DataFrame, register: Registration
) -> pl.DataFrame:
    """Visits before their link was written down, and files of staff in the hands of Eigen personeel."""
    known_at = np.zeros(holdings.height, dtype=np.int64)
    known_at[column(register.links, "holding")] = column(register.links, "registered_at")
    holding = column(regular, "holding")
    lag = register.lag[holding]
    early = (column(regular, "at") < known_at[holding]) & (lag != IN_ADVANCE)
    early |= lag == NEVER
    usual = np.where(lag == NEXT_MORNING, kind("nightly_registration"), kind("late_registration"))
    told = np.where(lag == NEVER, kind("never_registered"), usual)
    staff_file = column(regular, "person") < agency.people.citizens.start
    told = np.where(early, told, np.where(staff_file, kind("eigen_personeel_handler"), NONE))
    return regular.with_columns(oddity=pl.Series(told))


def _personnel_files(rng: Dice, agency: Agency) -> pl.DataFrame:
    """Pay slips and leave balances: the own file in the personnel system is allowed."""
    row = sample(rng, np.ones(len(agency.workdays), dtype=np.bool_), PERSONNEL_FILE)
    own = pl.DataFrame({"person": agency.workdays.employee[row], "case": np.full(len(row), NONE)})
    return look(rng, agency, row, own, "own_personnel_file").with_columns(
        screen=pl.lit(screen("personnel"), pl.Int64),
        opened_by=pl.lit(CASE, pl.Int64),
        searched=pl.lit(0, pl.Int64),
    )


def _reports(rng: Dice, agency: Agency) -> pl.DataFrame:
    """Leads export lists of their team's work; nobody in particular is looked up."""
    row = sample(rng, agency.organisation.role[agency.workdays.employee] == LEAD, REPORT)
    nobody = pl.DataFrame({"person": np.full(len(row), NONE), "case": np.full(len(row), NONE)})
    return look(rng, agency, row, nobody, "report_export").with_columns(
        screen=pl.lit(screen("report"), pl.Int64),
        opened_by=pl.lit(OTHER, pl.Int64),
        searched=pl.lit(0, pl.Int64),
        records=pl.Series(rng.integers(40, 900, len(row))),
    )
