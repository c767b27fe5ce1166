"""Regular visits into all lawful visits: what real desks do besides, and what looks odd is told by its kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from services.detector.simulate.agency import Agency
from services.detector.simulate.dice import NONE, Dice, dice, sample
from services.detector.simulate.links import IN_ADVANCE, NEXT_MORNING, Registration
from services.detector.simulate.odd_kinds import kind
from services.detector.simulate.organisation import LEAD
from services.detector.simulate.screens import CASE, OTHER, screen
from services.detector.simulate.slips import namesakes, stale_screens, typos
from services.detector.simulate.unregistered import aftercare, consultations, covers, look, supervision
from services.detector.simulate.visits import column

PERSONNEL_FILE, REPORT = 0.025, 0.07
"""Per employee and day at work; per lead and day at work."""


@dataclass(frozen=True)
class Oddities:
    """The agency (with the owners of mistyped BSNs) and all lawful visits."""

    agency: Agency
    visits: pl.DataFrame


def add_oddities(agency: Agency, holdings: pl.DataFrame, regular: pl.DataFrame, register: Registration) -> Oddities:
    """The regular visits with the odd ones between them; nobody opens a relative's file."""
    rng = dice(agency.seed, "oddities")
    told = stale_screens(rng, _tell_registration(agency, regular, holdings, register))
    agency, mistyped = typos(rng, agency, told)
    odd = pl.concat(
        [
            mistyped,
            namesakes(rng, agency, told),
            covers(rng, agency, holdings, told.height),
            consultations(rng, agency, holdings, told),
            supervision(rng, agency, holdings, told),
            aftercare(rng, agency, holdings, register.links),
            _reports(rng, agency),
        ]
    )
    family = agency.own_or_family(column(odd, "employee"), column(odd, "person"))
    return Oddities(agency, pl.concat([told, odd.filter(pl.Series(~family)), _personnel_files(rng, agency)]))


def _tell_registration(
    agency: Agency, regular: pl.DataFrame, holdings: pl.DataFrame, register: Registration
) -> pl.DataFrame:
    """Visits before their link was written down, and files of staff in the hands of Eigen personeel."""
    known_at = np.zeros(holdings.height, dtype=np.int64)
    known_at[column(register.links, "holding")] = column(register.links, "registered_at")
    holding = column(regular, "holding")
    lag = register.lag[holding]
    early = (column(regular, "at") < known_at[holding]) & (lag != IN_ADVANCE)
    told = np.where(lag == NEXT_MORNING, kind("nightly_registration"), kind("late_registration"))
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
