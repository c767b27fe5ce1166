"""Visits into the rows of the log: what was done in which system, when and where, and what was shown, as codes."""

from __future__ import annotations

import numpy as np
import polars as pl

from services.core.contract import ACTIONS
from services.detector.simulate.agency import Agency
from services.detector.simulate.dice import NONE, Dice, Flags, Ints, dice
from services.detector.simulate.organisation import LARGEST_TEAM
from services.detector.simulate.screens import (
    ACTION,
    ADDRESS,
    BSN,
    LENGTH,
    MEDICAL,
    NAMES,
    SYSTEM,
    SYSTEMS,
)
from services.detector.simulate.timeline import SECOND
from services.detector.simulate.visits import column

SHOWN: tuple[tuple[str, ...], ...] = (
    ("identity", "benefit"),
    ("identity", "employment", "income"),
    ("identity", "address", "income"),
    ("identity", "employment", "cv"),
    ("identity", "personnel"),
    ("identity", "benefit", "medical"),
    ("identity",),
    ("identity", "address"),
)
"""Data categories: one entry per system in the order of SYSTEMS, then the medical part of werkmap and two kinds of hit
list."""

MEDICAL_FILE, HITS, ADDRESS_HITS = len(SYSTEMS), len(SYSTEMS) + 1, len(SYSTEMS) + 2
SEARCH = ACTIONS.index("search")

SECONDS_BETWEEN_ROWS = 7.0
FLEXIBLE_DESK = 0.4
"""Share of the employees without a desk of their own: at the office they take one of their team's."""

CASE_ON_SEARCH = 0.7
LOST = 0.002
"""Share of the nullable fields that get lost on the way to the log."""

USUAL_REASONS = ("telefonisch contact", "herbeoordeling", "controle", "bezwaar")
REASON_GIVEN = 0.05
FORCED = "break-glass"
EMERGENCIES = (
    "klant belt in paniek, uitkering vandaag niet ontvangen",
    "crisisdienst GGZ vraagt met spoed contact",
    "huisarts belt over opname, dossier nodig",
    "politie meldt vermissing, laatste contact nodig",
    "dakloosheid dreigt morgen, spoedvoorschot",
    "systeem weigert, klant zit aan de balie",
)
"""What people write when they force access for a good reason."""

REASONS = (*USUAL_REASONS, FORCED, *(f"{FORCED}: {text}" for text in (*EMERGENCIES, "spoed")))
FORCED_BARE, FORCED_COPIED = len(USUAL_REASONS), len(REASONS) - 1
FIRST_EMERGENCY = FORCED_BARE + 1


def expand(agency: Agency, visits: pl.DataFrame) -> pl.DataFrame:
    """One row per lookup in order of time, all columns codes; `person_meant` also where the row shows nobody."""
    rng = dice(agency.seed, "rows")
    size = column(visits, "searched") + LENGTH[column(visits, "screen")]
    visit = np.repeat(np.arange(visits.height), size)
    first = np.cumsum(size) - size
    step = np.arange(len(visit)) - first[visit] - column(visits, "searched")[visit]
    at = column(visits, "at")[visit] + _pace(rng, first, visit)
    rows = pl.DataFrame({"visit": visit, "step": step, "at": at})
    return _describe(rng, agency, visits, rows.sort("at", "visit", "step"))


def _pace(rng: Dice, first: Ints, visit: Ints) -> Ints:
    """Microseconds since the first row of the visit."""
    gap = np.cumsum(rng.gamma(2.0, SECONDS_BETWEEN_ROWS / 2, len(visit)) * SECOND).astype(np.int64)
    return gap - gap[first[visit]]


def _describe(rng: Dice, agency: Agency, visits: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    visit, step = column(rows, "visit"), column(rows, "step")
    of = {name: column(visits, name)[visit] for name in visits.columns}
    search = step == NONE
    action = np.where(search, SEARCH, ACTION[of["screen"], step])
    system = np.where(search, SYSTEM[of["screen"], 0], SYSTEM[of["screen"], step])
    blind = search & (of["opened_by"] != BSN)
    claimed = ~search | (rng.random(len(visit)) < CASE_ON_SEARCH)
    desk, remote = _places(rng, agency, of, column(rows, "at"))
    columns = {
        "at": column(rows, "at"),
        "employee": of["employee"],
        "system": system,
        "action": action,
        "searched_by": _lose(rng, of["opened_by"]),
        "person": np.where(blind, NONE, of["person"]),
        "case": np.where(claimed, of["case"], NONE),
        "reason": np.where(of["reason"] == NONE, _reasons(rng, visits.height)[visit], of["reason"]),
        "shown": _lose(rng, _shown(of["screen"], of["opened_by"], system, search)),
        "records": _records(rng, of["records"], blind),
        "desk": _lose(rng, desk),
        "remote": _lose(rng, remote),
        "oddity": of["oddity"],
        "episode": of["episode"],
        "person_meant": of["person"],
    }
    return pl.DataFrame({name: codes.astype(np.int64 if name == "at" else np.int32) for name, codes in columns.items()})


def _shown(screen: Ints, opened_by: Ints, system: Ints, search: Flags) -> Ints:
    medical = np.isin(screen, [NAMES.index(name) for name in MEDICAL]) & (system == 0)
    hits = np.where(opened_by == ADDRESS, ADDRESS_HITS, HITS)
    return np.where(search, hits, np.where(medical, MEDICAL_FILE, system))


def _records(rng: Dice, records: Ints, blind: Flags) -> Ints:
    usual = np.where(blind, rng.integers(2, 30, len(blind)), 1)
    return np.where(records == NONE, usual, records)


def _places(rng: Dice, agency: Agency, of: dict[str, Ints], at: Ints) -> tuple[Ints, Ints]:
    """Workstation (own laptops first, then the desks of teams) and 0 office or 1 remote; some move halfway the day."""
    workdays, n = agency.workdays, agency.organisation.size
    flexible = rng.random(n) < FLEXIBLE_DESK
    team_desk = n + workdays.team * LARGEST_TEAM + rng.integers(0, LARGEST_TEAM, len(workdays))
    row = of["workday"]
    moved = at > agency.timeline.at(workdays.day, workdays.moves)[row]
    elsewhere = workdays.remote[row] ^ moved
    usual = np.where(flexible[workdays.employee[row]] & ~elsewhere, team_desk[row], workdays.employee[row])
    remote = np.where(of["remote"] == NONE, elsewhere, of["remote"])
    return np.where(of["desk"] == NONE, usual, of["desk"]), remote


def _reasons(rng: Dice, count: int) -> Ints:
    return np.where(rng.random(count) < REASON_GIVEN, rng.integers(0, len(USUAL_REASONS), count), NONE)


def _lose(rng: Dice, codes: Ints) -> Ints:
    return np.where(rng.random(len(codes)) < LOST, NONE, codes)
