"""The simulated agency into a dataset directory of the contract (docs/architecture.md, "A dataset")."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from services.core.contract import (
    ACTIONS,
    ASSIGNEE_KINDS,
    CASE_LINK,
    EMPLOYEE,
    LINK_KINDS,
    LOCATIONS,
    LOOKUP,
    RELATION,
    SEARCHED_BY,
)
from services.detector.simulate.agency import Agency
from services.detector.simulate.dice import NONE, Dice, Ints, dice
from services.detector.simulate.labels import Labels, instants, named
from services.detector.simulate.links import SYSTEMS as REGISTRARS
from services.detector.simulate.organisation import DEPARTMENTS, ROLES
from services.detector.simulate.rows import REASONS, SHOWN
from services.detector.simulate.screens import SYSTEMS
from services.detector.simulate.source_faults import Delivered
from services.detector.simulate.timeline import MINUTE
from services.detector.simulate.visits import column
from services.detector.whole import write_parquet

ROWS_PER_PART, FEWEST_PARTS = 150_000, 3
LATE, LATE_MINUTES, MOST_LATE_MINUTES, TWICE = 0.02, 2.0, 12.0, 0.001
"""Share of rows delivered late, by how much, and share delivered twice."""

FIRST_LOOKUP_ID = 10**9


def lookup_ids(agency: Agency, count: int) -> pl.Series:
    """Identifiers of the rows, in no order."""
    numbers = FIRST_LOOKUP_ID + dice(agency.seed, "lookup ids").permutation(count)
    return pl.select(lookup_id=pl.format("lk{}", pl.Series(numbers))).to_series()


def write_lookups(out: Path, agency: Agency, delivered: Delivered, ids: pl.Series, labels: Labels) -> None:
    """Parts of the log in order of delivery: a few rows come minutes late, a few come twice."""
    folder = out / "lookups"
    folder.mkdir(parents=True)
    rows = delivered.rows.with_columns(
        employee=pl.when(pl.Series(delivered.lost_actor)).then(NONE).otherwise(pl.col("employee"))
    )
    order = _delivery(dice(agency.seed, "delivery"), column(rows, "at"), delivered.twice)
    parts = np.array_split(order, max(FEWEST_PARTS, len(order) // ROWS_PER_PART))
    for number, part in enumerate(parts):
        frame = _lookups(agency, rows[part], ids.gather(part), labels)
        write_parquet(frame, folder / f"part-{number:03d}.parquet")


def _delivery(rng: Dice, at: Ints, stretch: Ints) -> Ints:
    late = np.where(rng.random(len(at)) < LATE, rng.exponential(LATE_MINUTES, len(at)).clip(0, MOST_LATE_MINUTES), 0)
    twice = np.concatenate([rng.integers(0, len(at), round(TWICE * len(at))), stretch])
    again = at[twice] + (rng.uniform(0, MOST_LATE_MINUTES, len(twice)) * MINUTE).astype(np.int64)
    delivered = np.concatenate([at + (late * MINUTE).astype(np.int64), again])
    row: Ints = np.concatenate([np.arange(len(at)), twice])
    return row[np.argsort(delivered, kind="stable")]


def _lookups(agency: Agency, rows: pl.DataFrame, ids: pl.Series, labels: Labels) -> pl.DataFrame:
    person = column(rows, "person")
    street = np.where(person == NONE, NONE, agency.people.street[person])
    columns = {
        "lookup_id": ids,
        "occurred_at": instants(column(rows, "at")),
        "employee_id": named(labels.employee, column(rows, "employee")),
        "system": _pick(SYSTEMS, column(rows, "system")),
        "action": _pick(ACTIONS, column(rows, "action")),
        "searched_by": _pick(SEARCHED_BY, column(rows, "searched_by")),
        "bsn": named(labels.bsn, person),
        "case_id": named(labels.case, column(rows, "case")),
        "reason": _pick(REASONS, column(rows, "reason")),
        "data_categories": named(pl.Series([*map(list, SHOWN), None]), column(rows, "shown")),
        "record_count": rows["records"],
        "workstation": named(labels.workstation, column(rows, "desk")),
        "location": _pick(LOCATIONS, column(rows, "remote")),
        "street": named(labels.street, street),
    }
    return pl.DataFrame(columns, schema={name: LOOKUP.schema[name] for name in columns})


def _pick(values: tuple[str, ...], codes: Ints) -> pl.Series:
    return named(pl.Series([*values, None]), codes)


def write_links(out: Path, links: pl.DataFrame, labels: Labels) -> None:
    """The register of case links in the order in which it was written down; it keeps whole seconds."""
    links = links.sort("registered_at", "case", "person", "employee", "team", "valid_from", maintain_order=True)
    employee, team, registrar = (column(links, name) for name in ("employee", "team", "registrar"))
    of_employee = pl.Series(employee != NONE)
    systems = _pick(tuple(f"system:{name}" for name in REGISTRARS), np.where(registrar < NONE, -2 - registrar, NONE))
    columns = {
        "link_id": pl.select(pl.format("cl{}", pl.int_range(links.height))).to_series(),
        "case_id": named(labels.case, column(links, "case")),
        "bsn": named(labels.bsn, column(links, "person")),
        "assignee_kind": _pick(ASSIGNEE_KINDS, np.where(employee != NONE, 0, 1)),
        "assignee_id": named(labels.employee, employee).zip_with(of_employee, named(labels.team, team)),
        "kind": _pick(LINK_KINDS, column(links, "kind")),
        "valid_from": instants(column(links, "valid_from")).dt.truncate("1s"),
        "valid_to": instants(column(links, "valid_to")).dt.truncate("1s"),
        "registered_at": instants(column(links, "registered_at")).dt.truncate("1s"),
        "registered_by": named(labels.employee, np.maximum(registrar, NONE)).zip_with(
            pl.Series(registrar >= 0), systems
        ),
    }
    write_parquet(pl.DataFrame(columns, schema=dict(CASE_LINK.schema)), out / "case-links.parquet")


def write_employees(out: Path, agency: Agency, labels: Labels) -> None:
    """A row per employee and team; periods begin and end at midnight of the agency."""
    organisation, employment, timeline = agency.organisation, agency.employment, agency.timeline
    everyone = np.arange(organisation.size)
    movers = np.flatnonzero(employment.new_team != organisation.team)
    employee = np.concatenate([everyone, movers])
    team = np.concatenate([organisation.team, employment.new_team[movers]])
    begin = np.concatenate([employment.hired, employment.moved[movers]])
    end = np.concatenate([np.minimum(employment.moved, employment.left), employment.left[movers]])
    stays = end > timeline.days
    columns = {
        "employee_id": named(labels.employee, employee),
        "bsn": named(labels.bsn, employee),
        "team_id": named(labels.team, team),
        "role": _pick(ROLES, organisation.role[employee]),
        "department": _pick(tuple(department.name for department in DEPARTMENTS), organisation.department[team]),
        "eigen_personeel": pl.Series(organisation.handles_staff[employee]),
        "hours_per_week": pl.Series(organisation.hours[employee].astype(np.float64)),
        "street": named(labels.street, agency.people.street[employee]),
        "valid_from": instants(timeline.midnight(begin)),
        "valid_to": instants(np.where(stays, NONE, timeline.midnight(np.where(stays, 0, end)))),
        "registered_at": pl.repeat(None, len(employee), eager=True),
    }
    frame = pl.DataFrame(columns, schema=dict(EMPLOYEE.schema))
    write_parquet(frame.sort("employee_id", "valid_from"), out / "employees.parquet")


def write_relations(out: Path, agency: Agency, relations: pl.DataFrame, labels: Labels) -> None:
    """The registers of relatives, in no order."""
    shuffled = relations[dice(agency.seed, "relations").permutation(relations.height)]
    nothing = pl.repeat(None, relations.height, eager=True)
    columns = {
        "employee_id": named(labels.employee, column(shuffled, "employee")),
        "bsn": named(labels.bsn, column(shuffled, "person")),
        "kind": shuffled["kind"],
        "source": shuffled["source"],
        "valid_from": instants(agency.timeline.midnight(column(shuffled, "since"))),
        "valid_to": nothing,
        "registered_at": nothing,
    }
    write_parquet(pl.DataFrame(columns, schema=dict(RELATION.schema)), out / "relations.parquet")
