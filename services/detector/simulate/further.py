"""Registers that an agency may also have: statements of confidentiality, absences, parties of cases, reported slips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from services.detector.simulate.absence import KINDS, recorded_spells
from services.detector.simulate.agency import Agency
from services.detector.simulate.dice import NONE, Dice, Ints, dice
from services.detector.simulate.labels import Labels, instants, named
from services.detector.simulate.ledger import PARTY_KINDS, Ledger
from services.detector.simulate.organisation import CALLS, CLAIMS, REVIEWER
from services.detector.simulate.timeline import HOUR
from services.detector.simulate.visits import column
from services.detector.whole import write_parquet

STATEMENT_SYSTEM = "suwinet"
USERS = (CLAIMS, CALLS, REVIEWER)
"""Roles whose work needs that system; of the others one in two signed at some time."""

SIGNED_LATE = 0.01
"""Share of the statements that are in order but written down only during the run."""


def write_further(out: Path, agency: Agency, ledger: Ledger, unsigned: Ints, labels: Labels) -> None:
    """The four files; `unsigned` are employees without a statement."""
    rng = dice(agency.seed, "further registers")
    _write_statements(rng, out, agency, unsigned, labels)
    _write_absences(rng, out, agency, labels)
    _write_parties(out, ledger.parties, labels)
    _write_reports(out, ledger.reports, labels)


def _write_statements(rng: Dice, out: Path, agency: Agency, unsigned: Ints, labels: Labels) -> None:
    user = np.isin(agency.organisation.role, USERS)
    signed = (user | (rng.random(agency.organisation.size) < 0.5)) & ~np.isin(np.arange(len(user)), unsigned)
    employee = np.flatnonzero(signed)
    begin = agency.timeline.midnight(agency.employment.hired[employee])
    late = (rng.random(len(employee)) < SIGNED_LATE) & (agency.employment.hired[employee] < 0)
    during = agency.timeline.midnight(rng.integers(0, agency.timeline.days, len(employee))) + 10 * HOUR
    _write(
        out / "statements.parquet",
        {
            "employee_id": named(labels.employee, employee),
            "system": pl.repeat(STATEMENT_SYSTEM, len(employee), eager=True),
            "valid_from": instants(begin),
            "valid_to": instants(np.full(len(employee), NONE)),
            "registered_at": instants(np.where(late, during, begin)),
        },
    )


def _write_absences(rng: Dice, out: Path, agency: Agency, labels: Labels) -> None:
    spells, midnight = recorded_spells(rng, agency.absence), agency.timeline.midnight
    told = np.where(spells.kind == KINDS.index("leave"), spells.first - 14, spells.first)
    told = np.where(spells.late > 0, np.minimum(spells.first + spells.late, agency.timeline.days + 20), told)
    columns = {
        "employee_id": named(labels.employee, spells.employee),
        "kind": named(pl.Series([*KINDS, None]), spells.kind),
        "valid_from": instants(midnight(spells.first)),
        "valid_to": instants(midnight(spells.last + 1)),
        "registered_at": instants(midnight(told) + 9 * HOUR),
    }
    _write(out / "absences.parquet", columns, "registered_at", "employee_id", "valid_from", "kind")


def _write_parties(out: Path, parties: pl.DataFrame, labels: Labels) -> None:
    columns = {
        "case_id": named(labels.case, column(parties, "case")),
        "bsn": named(labels.bsn, column(parties, "person")),
        "kind": named(pl.Series([*PARTY_KINDS, None]), column(parties, "kind")),
        "valid_from": instants(column(parties, "valid_from")),
        "valid_to": instants(np.full(parties.height, NONE)),
        "registered_at": instants(column(parties, "registered_at")),
    }
    _write(out / "case-parties.parquet", columns, "registered_at", "case_id", "bsn")


def _write_reports(out: Path, reports: pl.DataFrame, labels: Labels) -> None:
    reports = reports.sort("registered_at", "employee", "person")
    columns = {
        "report_id": pl.select(pl.format("sr{}", pl.int_range(reports.height))).to_series(),
        "employee_id": named(labels.employee, column(reports, "employee")),
        "bsn": named(labels.bsn, column(reports, "person")),
        "occurred_at": instants(column(reports, "at")).dt.truncate("1s"),
        "registered_at": instants(column(reports, "registered_at")).dt.truncate("1s"),
    }
    _write(out / "self-reports.parquet", columns)


def _write(path: Path, columns: dict[str, pl.Series], *order: str) -> None:
    frame = pl.DataFrame(columns)
    write_parquet(frame.sort(*order) if order else frame, path)
