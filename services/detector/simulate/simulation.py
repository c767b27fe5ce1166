"""A size, a time and a seed into a dataset of a plausible agency with planted misuse, and the answers beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from services.core.errors import InputError
from services.detector.simulate import answers, further, writing
from services.detector.simulate.agency import Agency, make_agency
from services.detector.simulate.caseload import make_holdings
from services.detector.simulate.contacts import make_visits
from services.detector.simulate.dice import NONE
from services.detector.simulate.labels import make_labels
from services.detector.simulate.ledger import Ledger
from services.detector.simulate.links import make_links
from services.detector.simulate.misuse.plant import Misuse, plant_misuse
from services.detector.simulate.oddities import add_oddities
from services.detector.simulate.profile import PROFILES
from services.detector.simulate.rows import expand
from services.detector.simulate.source_faults import deliver
from services.detector.simulate.windows import odd_periods

FEWEST_EMPLOYEES, MOST_WEEKS = 50, 520

Progress = Callable[[str, float], None]
"""Told what is being made and which part of the whole is done (0 to 1)."""


@dataclass(frozen=True)
class SimulationReport:
    """What was made; the figures count distinct lookups (some rows are delivered twice)."""

    out: Path
    truth: Path
    first_day: date
    last_day: date
    employees: int
    weeks: int
    seed: int
    profile: str
    lookups: int
    links: int
    cases: int
    scenarios: int
    misuse_lookups: int
    odd_lookups: int


@dataclass(frozen=True)
class World:
    """Everything that happened, before it is written."""

    agency: Agency
    lawful: pl.DataFrame
    misuse: Misuse
    links: pl.DataFrame
    ledger: Ledger


def simulate(
    out: Path, employees: int, weeks: int, seed: int, progress: Progress, profile: str = "standard"
) -> SimulationReport:
    """Writes OUT (the dataset) and OUT-truth (the answers); the same arguments give the same frames.

    Raises InputError with all faults of the arguments at once.
    """
    truth = out.with_name(out.name + "-truth")
    check_arguments(out, truth, employees, weeks, seed, profile)
    progress("people", 0.0)
    world = _live(make_agency(employees, weeks, seed, PROFILES[profile]), progress)
    out.mkdir(parents=True, exist_ok=True)
    truth.mkdir(parents=True, exist_ok=True)
    return _write(out, truth, world, progress)


def check_arguments(out: Path, truth: Path, employees: int, weeks: int, seed: int, profile: str) -> None:
    """Raises InputError that tells every fault."""
    faults = []
    if profile not in PROFILES:
        faults.append(f"profile is {profile}; it must be one of {', '.join(PROFILES)}")
    if employees < FEWEST_EMPLOYEES:
        faults.append(f"employees is {employees}; it must be {FEWEST_EMPLOYEES} or more, so that every team can exist")
    if not 1 <= weeks <= MOST_WEEKS:
        faults.append(f"weeks is {weeks}; it must be 1 to {MOST_WEEKS}")
    if seed < 0:
        faults.append(f"seed is {seed}; it must be 0 or more")
    for directory in (out, truth):
        if directory.exists() and not directory.is_dir():
            faults.append(f"{directory} is a file; name a new or an empty directory")
        elif directory.exists() and any(directory.iterdir()):
            faults.append(f"{directory} is not empty; name a new or an empty directory")
    if faults:
        raise InputError(*faults)


def _live(agency: Agency, progress: Progress) -> World:
    """Work, visits, links, oddities, misuse: in the order in which one follows from the other."""
    progress("work", 0.05)
    holdings = make_holdings(agency)
    regular = make_visits(agency, holdings)
    progress("links", 0.25)
    register = make_links(agency, holdings, regular)
    progress("oddities", 0.3)
    oddities = add_oddities(agency, holdings, regular, register)
    progress("misuse", 0.35)
    ledger = oddities.ledger
    misuse = plant_misuse(oddities.agency, holdings, oddities.visits, pl.concat([register.links, ledger.links]), ledger)
    links = pl.concat([register.links, ledger.links, misuse.links])
    return World(misuse.agency, oddities.visits, misuse, links, ledger)


def _write(out: Path, truth: Path, world: World, progress: Progress) -> SimulationReport:
    agency, misuse = world.agency, world.misuse
    progress("rows", 0.4)
    labels = make_labels(agency, world.ledger.next_case)
    delivered = deliver(agency, expand(agency, pl.concat([world.lawful, misuse.visits])))
    ids = writing.lookup_ids(agency, delivered.rows.height)
    progress("lookups", 0.5)
    writing.write_lookups(out, agency, delivered, ids, labels)
    progress("registers", 0.85)
    writing.write_links(out, world.links, labels)
    writing.write_employees(out, agency, labels)
    writing.write_relations(out, agency, misuse.relations, labels)
    further.write_further(out, agency, world.ledger, misuse.unsigned, labels)
    progress("answers", 0.9)
    rows, ids = delivered.known(ids)
    answers.write_lookup_times(truth, rows, ids, labels)
    answers.write_truth(truth, rows, ids, misuse.episodes, labels)
    answers.write_scenarios(truth, rows, misuse.visits, misuse.episodes, labels)
    answers.write_benign(truth, rows, ids, odd_periods(agency, world.lawful), labels)
    report = _report(out, truth, world, rows)
    figures = _figures(report, answers.employee_weeks(agency, world.lawful))
    answers.write_figures(truth, {**figures, "faults": "; ".join(delivered.faults)})
    progress("done", 1.0)
    return report


def _report(out: Path, truth: Path, world: World, rows: pl.DataFrame) -> SimulationReport:
    timeline = world.agency.timeline
    misuse, odd = rows["episode"] != NONE, rows["oddity"] != NONE
    return SimulationReport(
        out=out,
        truth=truth,
        first_day=timeline.first,
        last_day=timeline.first + timedelta(days=timeline.days - 1),
        employees=world.agency.organisation.size,
        weeks=timeline.days // 7,
        seed=world.agency.seed,
        profile=world.agency.profile.name,
        lookups=rows.height,
        links=world.links.height,
        cases=world.links["case"].n_unique(),
        scenarios=len(world.misuse.episodes),
        misuse_lookups=int(misuse.sum()),
        odd_lookups=int(odd.sum()),
    )


def _figures(report: SimulationReport, employee_weeks: int) -> dict[str, str | int]:
    return {
        "profile": "simulated",
        "simulation": report.profile,
        "seed": report.seed,
        "employees": report.employees,
        "weeks": report.weeks,
        "employee_weeks": employee_weeks,
        "lookups": report.lookups,
        "links": report.links,
        "cases": report.cases,
        "scenarios": report.scenarios,
    }
