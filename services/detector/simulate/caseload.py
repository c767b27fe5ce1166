"""An agency's expected work into holdings: who (or which team) has which case of which citizen, from when to when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from services.core.contract import LINK_KINDS
from services.detector.simulate.agency import Agency
from services.detector.simulate.dice import NONE, Dice, Floats, Ints, choose, dice, overdispersed
from services.detector.simulate.organisation import (
    CALLS,
    CLAIMS,
    COACH,
    LEAD,
    PHYSICIAN,
    REVIEWER,
    ROLES,
    STAFF_HANDLER,
)


@dataclass(frozen=True)
class Stream:
    """One way in which work reaches people."""

    name: str
    link: str
    pooled: bool
    days: float
    """Median life; 0 for work that is done at once."""
    contacts: float
    """Mean over a life."""
    share: Mapping[int, float]
    """Of the work of a role."""
    known_case: float
    """Chance that it is about a case that the agency already has."""


STREAMS = (
    Stream("own", "assignment", False, 35, 7.0, {CLAIMS: 0.63, COACH: 0.87, STAFF_HANDLER: 1.0}, 0.0),
    Stream("queue", "assignment", True, 9, 3.5, {CLAIMS: 0.3, CALLS: 0.2, PHYSICIAN: 0.2, COACH: 0.1, LEAD: 0.7}, 0.0),
    Stream("task", "task", False, 5, 2.0, {CLAIMS: 0.07, PHYSICIAN: 0.8, COACH: 0.03, LEAD: 0.3}, 0.8),
    Stream("review", "review", False, 6, 1.6, {REVIEWER: 1.0}, 1.0),
    Stream("call", "contact", False, 0, 1.0, {CALLS: 0.8}, 0.7),
)
OWN, QUEUE, TASK, REVIEW, CALL = range(len(STREAMS))

LIFE_SPREAD, CONTACT_SHAPE = 0.7, 1.3
HANDED_OVER = 0.05
"""Share of own cases that a colleague of the team takes over halfway."""

HOLDING = ("stream", "case", "person", "employee", "team", "first", "last", "contacts", "link")
"""Columns of a holding: `employee` or `team` is NONE; `first` and `last` are day numbers, `link` is in LINK_KINDS."""


def make_holdings(agency: Agency) -> pl.DataFrame:
    """All work of the run, ordered by stream; rows are numbered as `holding` in the table of visits."""
    rng = dice(agency.seed, "caseload")
    new = [_draw(rng, agency, number) for number in (OWN, QUEUE)]
    known = _give_cases(rng, agency, pl.concat(new))
    later = pl.concat([_draw(rng, agency, number) for number in (TASK, REVIEW, CALL)])
    return pl.concat([_hand_over(rng, agency, known), _refer(rng, agency, later, known)])


def stream_weight(agency: Agency, number: int) -> Floats:
    """Expected contacts of one stream on each workday."""
    share = np.array([STREAMS[number].share.get(role, 0.0) for role in range(len(ROLES))])
    weight: Floats = agency.workload.expected * share[agency.organisation.role[agency.workdays.employee]]
    return weight


def _draw(rng: Dice, agency: Agency, number: int) -> pl.DataFrame:
    """Holdings of one stream, still without a case, as many as its share of the expected work asks for."""
    stream, days, weight = STREAMS[number], agency.workdays, stream_weight(agency, number)
    if stream.days == 0:
        row = choose(rng, weight, rng.poisson(weight.sum()))
        return _holdings(number, days.employee[row], days.day[row], days.day[row], np.ones_like(row))
    owners: Floats = np.bincount(days.team if stream.pooled else days.employee, weight).astype(np.float64)
    first, last, contacts = _lives(rng, stream, agency.timeline.days, weight.sum())
    return _holdings(number, choose(rng, owners, len(first)), first, last, contacts)


def _lives(rng: Dice, stream: Stream, days: int, budget: float) -> tuple[Ints, Ints, Ints]:
    """First day, last day and contacts within the run, until the contacts add up to the budget."""
    count = int(budget) + 20
    life = np.maximum(1.0, rng.lognormal(np.log(stream.days), LIFE_SPREAD, count))
    first = rng.uniform(-life, days)
    inside = (np.minimum(first + life, days) - np.maximum(first, 0)) / life
    contacts = 1 + overdispersed(rng, stream.contacts - 1, CONTACT_SHAPE, count)
    contacts = np.maximum(1, rng.binomial(contacts, inside.clip(0, 1)))
    enough = np.searchsorted(np.cumsum(contacts), budget) + 1
    return (
        np.floor(first[:enough]).astype(np.int64),
        np.floor(first + life)[:enough].astype(np.int64),
        contacts[:enough],
    )


def _holdings(number: int, owner: Ints, first: Ints, last: Ints, contacts: Ints) -> pl.DataFrame:
    stream, empty = STREAMS[number], np.full(len(owner), NONE)
    columns = {
        "stream": np.full(len(owner), number),
        "case": empty,
        "person": empty,
        "employee": empty if stream.pooled else owner,
        "team": owner if stream.pooled else empty,
        "first": first,
        "last": last,
        "contacts": contacts,
        "link": np.full(len(owner), LINK_KINDS.index(stream.link)),
    }
    return pl.DataFrame({name: columns[name] for name in HOLDING})


def _give_cases(rng: Dice, agency: Agency, holdings: pl.DataFrame) -> pl.DataFrame:
    """A new case and a citizen for each; Eigen personeel gets files of staff, their partners and children.

    The files of their own teams go elsewhere: nobody handles the file of a direct colleague.
    """
    citizens, owner, organisation = agency.people.citizens, holdings["employee"].to_numpy(), agency.organisation
    person = rng.integers(citizens.start, citizens.stop, len(owner))
    close = np.isin(organisation.team, organisation.team[organisation.handles_staff])
    relations = agency.people.relations.filter(pl.col("kind").is_in(["partner", "child"]), pl.col("source") != "brp")
    family = relations["person"].to_numpy()[~close[relations["employee"].to_numpy()]]
    staff = np.concatenate([np.flatnonzero(~close), family])
    by_staff_handler = (owner != NONE) & organisation.handles_staff[owner]
    person[by_staff_handler] = rng.choice(staff, int(by_staff_handler.sum()))
    return holdings.with_columns(case=pl.Series(np.arange(len(owner))), person=pl.Series(person))


def _hand_over(rng: Dice, agency: Agency, holdings: pl.DataFrame) -> pl.DataFrame:
    """Some own cases end early with their owner and go on with a colleague of the same team and role."""
    organisation, owner = agency.organisation, holdings["employee"].to_numpy()
    first, last = holdings["first"].to_numpy(), holdings["last"].to_numpy()
    chosen = (holdings["stream"].to_numpy() == OWN) & (last - np.maximum(first, 0) >= 7)
    chosen &= (rng.random(len(owner)) < HANDED_OVER) & ~organisation.handles_staff[owner]
    at = np.flatnonzero(chosen)
    row = agency.workload.team_day(rng, organisation.team[owner[at]], first[at], last[at])
    colleague = agency.workdays.employee[row]
    fits = (row != NONE) & (organisation.role[colleague] == organisation.role[owner[at]]) & (colleague != owner[at])
    at, colleague = at[fits], colleague[fits]
    split = (np.maximum(first[at], 0) + last[at]) // 2
    contacts, last = holdings["contacts"].to_numpy().copy(), last.copy()
    passed_on = contacts[at] // 2
    contacts[at] -= passed_on
    last[at] = split
    rest = {"employee": colleague, "first": split + 1, "contacts": passed_on}
    taken = pl.DataFrame(holdings[at]).with_columns(pl.Series(name, values) for name, values in rest.items())
    return pl.concat([holdings.with_columns(last=pl.Series(last), contacts=pl.Series(contacts)), taken])


def _refer(rng: Dice, agency: Agency, later: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Tasks, reviews and calls are mostly about a case that exists by then, else about somebody new."""
    share = np.array([stream.known_case for stream in STREAMS])[later["stream"].to_numpy()]
    refers = rng.random(later.height) < share
    pool = known.filter(pl.col("person") >= agency.people.citizens.start).sort("first", "case")
    started = np.searchsorted(pool["first"].to_numpy(), later["first"].to_numpy(), side="right").clip(1)
    about = (rng.random(later.height) * started).astype(np.int64)
    new_case: Ints = known.height + np.cumsum(~refers)
    citizens = agency.people.citizens
    new_person = rng.integers(citizens.start, citizens.stop, later.height)
    return later.with_columns(
        case=pl.Series(np.where(refers, pool["case"].to_numpy()[about], new_case)),
        person=pl.Series(np.where(refers, pool["person"].to_numpy()[about], new_person)),
    )
