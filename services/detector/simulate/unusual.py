"""Lawful looks at files that are out of the ordinary: emergencies, old files, people beside the client, neighbours."""

from __future__ import annotations

import numpy as np
import polars as pl

from services.detector.simulate.agency import Agency
from services.detector.simulate.caseload import OWN
from services.detector.simulate.dice import NONE, Dice, Ints, sample
from services.detector.simulate.ledger import PARTY_KINDS, Ledger
from services.detector.simulate.links import NIGHTLY
from services.detector.simulate.odd_kinds import kind
from services.detector.simulate.organisation import CALLS, PHYSICIAN, REVIEWER
from services.detector.simulate.rows import EMERGENCIES, FIRST_EMERGENCY
from services.detector.simulate.timeline import HOUR, MINUTE
from services.detector.simulate.unregistered import look, visits_to_own_cases
from services.detector.simulate.visits import column

EMERGENCY, REQUEST = 0.003, 0.006
"""Per day at work of the emergency desks (call centre, physicians); per day at work of a reviewer."""

DORMANT_DAYS = (900, 2_600)
"""Before the run the last case of a dormant file ended so long ago."""

REOPENED = 0.01
"""Share of own cases about somebody who was a client years ago."""

PARTY_LOOKS, UNRECORDED = 0.008, 0.12
"""Looks at a person beside the client, per visit to an own case; share of them that the case does not name."""

PARTY_SHARES = (0.45, 0.25, 0.2, 0.1)
"""In the order of PARTY_KINDS."""


def emergencies(rng: Dice, agency: Agency, ledger: Ledger) -> pl.DataFrame:
    """Access is forced with a reason written for the occasion, and a case follows within hours or that night."""
    role = agency.organisation.role[agency.workdays.employee]
    row = sample(rng, np.isin(role, (CALLS, PHYSICIAN)), EMERGENCY * agency.profile.oddities)
    files = _citizens(rng, agency, ledger.new_cases(len(row)))
    seen = look(rng, agency, row, files, "emergency")
    at, day = column(seen, "at"), agency.workdays.day[row]
    by_night = rng.random(len(row)) < 0.5
    soon = at + rng.integers(10, 240, len(row)) * MINUTE
    night = agency.timeline.at(day + 1, rng.uniform(3.5, 6.5, len(row)) * 3600)
    ledger.link(
        "contact",
        case=column(files, "case"),
        person=column(files, "person"),
        employee=column(seen, "employee"),
        begin=at - 2 * MINUTE,
        end=at + 4 * HOUR,
        registered_at=np.where(by_night, night, np.minimum(soon, night)),
        registrar=np.where(by_night, NIGHTLY, column(seen, "employee")),
    )
    text = FIRST_EMERGENCY + rng.integers(0, len(EMERGENCIES), len(row))
    return seen.with_columns(reason=pl.Series(text))


def archive_requests(rng: Dice, agency: Agency, ledger: Ledger) -> pl.DataFrame:
    """Somebody asks for an old file; the reviewer opens it, and the request is written down some days later."""
    role = agency.organisation.role[agency.workdays.employee]
    row = sample(rng, role == REVIEWER, REQUEST * agency.profile.oddities)
    files = _citizens(rng, agency, ledger.new_cases(len(row)))
    old_links(rng, agency, column(files, "person"), ledger)
    seen = look(rng, agency, row, files, "archive_request")
    day = agency.workdays.day[row] + rng.integers(1, 5, len(row))
    ledger.link(
        "review",
        case=column(files, "case"),
        person=column(files, "person"),
        employee=column(seen, "employee"),
        begin=column(seen, "at") - HOUR,
        end=column(seen, "at") + 30 * 24 * HOUR,
        registered_at=agency.timeline.at(day, rng.uniform(9, 16, len(row)) * 3600),
    )
    return seen


def reopened(rng: Dice, agency: Agency, holdings: pl.DataFrame, told: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """Some clients were clients years ago: their old case is in the register, and their visits are told."""
    own = (column(holdings, "stream") == OWN) & (column(holdings, "person") >= agency.people.citizens.start)
    back = sample(rng, own & (column(holdings, "first") >= 0), REOPENED)
    old_links(rng, agency, column(holdings, "person")[back], ledger)
    seen = np.isin(column(told, "holding"), back) & (column(told, "oddity") == NONE)
    return told.with_columns(oddity=pl.Series(np.where(seen, kind("dormant_reopened"), column(told, "oddity"))))


def neighbours(agency: Agency, told: pl.DataFrame) -> pl.DataFrame:
    """Clients who happen to live in the employee's own street."""
    street, person = agency.people.street, column(told, "person")
    same = (street[person] == street[column(told, "employee")]) & (street[person] != NONE) & (person != NONE)
    same &= column(told, "oddity") == NONE
    return told.with_columns(oddity=pl.Series(np.where(same, kind("neighbour_client"), column(told, "oddity"))))


def linked_persons(
    rng: Dice, agency: Agency, holdings: pl.DataFrame, told: pl.DataFrame, ledger: Ledger
) -> pl.DataFrame:
    """The partner, child, employer or curator of a client, for the client's case; mostly the case names that person."""
    visited = visits_to_own_cases(rng, agency, holdings, told, PARTY_LOOKS)
    case = column(holdings, "case")[column(visited, "holding")]
    clients, client = np.unique(case, return_inverse=True)
    parties = _citizens(rng, agency, clients)
    unrecorded = rng.random(len(clients)) < UNRECORDED
    begin = agency.timeline.midnight(column(holdings, "first")[column(visited, "holding")].clip(-900))
    first = np.full(len(clients), np.iinfo(np.int64).max)
    np.minimum.at(first, client, begin)
    named = np.flatnonzero(~unrecorded)
    kinds = rng.choice(len(PARTY_KINDS), len(named), p=PARTY_SHARES)
    ledger.party(clients[named], column(parties, "person")[named], kinds, first[named], first[named] + 9 * HOUR)
    seen = look(rng, agency, column(visited, "workday"), parties[client], "linked_person")
    later = column(visited, "at") + rng.integers(1, 25, visited.height) * MINUTE
    number = np.where(unrecorded[client], kind("linked_person_unrecorded"), kind("linked_person"))
    return seen.with_columns(at=pl.Series(later), oddity=pl.Series(number))


def old_links(rng: Dice, agency: Agency, person: Ints, ledger: Ledger) -> None:
    """A case of long ago for each of the people, that one of the oldest hands had."""
    count, oldest = len(person), np.argsort(agency.employment.hired, kind="stable")
    owner = oldest[rng.integers(0, 1 + agency.organisation.size // 5, count)]
    end = agency.timeline.midnight(-rng.integers(*DORMANT_DAYS, count))
    begin = end - rng.integers(20, 400, count) * 24 * HOUR
    ledger.link(
        "assignment",
        case=ledger.new_cases(count),
        person=person,
        employee=owner,
        begin=begin,
        end=end,
        registered_at=begin,
    )


def _citizens(rng: Dice, agency: Agency, case: Ints) -> pl.DataFrame:
    """A citizen for each case."""
    citizens = agency.people.citizens
    return pl.DataFrame({"person": rng.integers(citizens.start, citizens.stop, len(case)), "case": case})
