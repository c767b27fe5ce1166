"""Holdings and their visits into the register of case links: valid from and until, written down when and by whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from services.core.contract import LINK_KINDS
from services.detector.simulate.agency import Agency
from services.detector.simulate.caseload import CALL, OWN
from services.detector.simulate.dice import NONE, Dice, Flags, Ints, choose, dice
from services.detector.simulate.source_faults import fault_days
from services.detector.simulate.timeline import HOUR, MINUTE, SECOND, Timeline
from services.detector.simulate.visits import column

SYSTEMS = ("werkverdeling", "planning", "nachtbatch", "koppelbestand")
DISTRIBUTION, PLANNING, NIGHTLY, CATCH_UP = (-2 - number for number in range(len(SYSTEMS)))
"""Registrars below NONE are systems; from 0 up they are employees."""

IN_ADVANCE, WITHIN_HOUR, NEXT_MORNING, DAYS_LATE, NEVER = range(5)
"""When a link that began in the run is written down: before the first look, within the hour after it, the next morning,
or several days later when a source was behind; how often is in the profile."""

CALL_AT_ONCE, CALL_LATER, CALL_LAG_MINUTES = 0.45, 0.12, 7.0
"""Calls are written down by whoever takes them: when the call comes in, else mostly within the hour, else before the
end of the shift."""

CONTACT = LINK_KINDS.index("contact")
OLDEST_CASE = 3_000
"""Days before the run."""

OPEN_ENDED = 0.28
SELF_ASSIGNED, SELF_REGISTERED, BY_PLANNING = 0.06, 0.5, 0.2
"""Shares written down by the owner: in advance, and (as a contact) within the hour; and by the planning system."""

LINK = ("holding", "case", "person", "employee", "team", "kind", "valid_from", "valid_to", "registered_at", "registrar")
"""Columns of a link: moments in microseconds UTC; `valid_to` NONE is open."""


@dataclass(frozen=True)
class Registration:
    """The links, and per holding how late it was written down (NONE: no link)."""

    links: pl.DataFrame
    lag: Ints


def make_links(agency: Agency, holdings: pl.DataFrame, visits: pl.DataFrame) -> Registration:
    """One link per holding; calls that nobody took leave none, cases without a look in the run do."""
    rng = dice(agency.seed, "links")
    first, last = _looks(holdings, visits)
    seen, call = first != NONE, column(holdings, "stream") == CALL
    lasting, calls = np.flatnonzero(~call), np.flatnonzero(call & seen)
    parts = [
        _case_links(rng, agency, holdings[lasting], first[lasting], last[lasting]),
        _call_links(rng, agency, holdings[calls], first[calls], last[calls]),
    ]
    lag = np.full(holdings.height, NONE)
    lag[np.concatenate([lasting, calls])] = pl.concat([part["lag"] for part in parts]).to_numpy()
    links = pl.concat(
        [part.with_columns(holding=pl.Series(at)) for part, at in zip(parts, (lasting, calls), strict=True)]
    )
    sensible = (pl.col("valid_to") == NONE) | (pl.col("valid_to") > pl.col("valid_from"))
    forgotten = _forgotten(rng, agency, holdings)
    lag[forgotten] = NEVER
    known = sensible & ~pl.col("holding").is_in(pl.Series(forgotten).implode())
    return _behind(rng, agency, Registration(links.select(LINK).filter(known), lag))


def _forgotten(rng: Dice, agency: Agency, holdings: pl.DataFrame) -> Ints:
    """Work of single employees that nobody ever writes down; queues and files of staff are handed out by a system."""
    owner, citizens = column(holdings, "employee"), agency.people.citizens
    own = (owner != NONE) & (column(holdings, "stream") != CALL) & (column(holdings, "person") >= citizens.start)
    return np.flatnonzero(own & (rng.random(len(own)) < agency.profile.never_registered))


def _behind(rng: Dice, agency: Agency, register: Registration) -> Registration:
    """On a few days the distribution of work does not pass on its links; they come in some days later."""
    timeline, links, lag = agency.timeline, register.links, register.lag.copy()
    day, registered = timeline.day_of(column(links, "registered_at")), column(links, "registered_at").copy()
    for bad in fault_days(rng, agency):
        held = np.flatnonzero((day == bad) & (column(links, "registrar") == DISTRIBUTION))
        registered[held] = timeline.at(day[held] + int(rng.integers(2, 4)), rng.uniform(3.5, 6.5, len(held)) * 3600)
        lag[column(links, "holding")[held]] = DAYS_LATE
    return Registration(links.with_columns(registered_at=pl.Series(registered)), lag)


def _looks(holdings: pl.DataFrame, visits: pl.DataFrame) -> tuple[Ints, Ints]:
    """First and last moment at which the file was opened for a holding, NONE where it was not."""
    seen = visits.group_by("holding").agg(first=pl.col("at").min(), last=pl.col("at").max()).sort("holding")
    first, last = np.full(holdings.height, NONE), np.full(holdings.height, NONE)
    first[column(seen, "holding")] = column(seen, "first")
    last[column(seen, "holding")] = column(seen, "last")
    return first, last


def _case_links(rng: Dice, agency: Agency, holdings: pl.DataFrame, first: Ints, last: Ints) -> pl.DataFrame:
    """Links of cases, tasks and reviews; what came in before the run was written down before it."""
    employee = column(holdings, "employee")
    begin, end = _validity(rng, agency, holdings, first, last)
    lag = choose(rng, agency.profile.link_lags, holdings.height)
    lag[column(holdings, "first") < 0] = IN_ADVANCE
    himself = np.array([SELF_ASSIGNED, SELF_REGISTERED, 0.0, 0.0])[lag]
    by_owner = (employee != NONE) & (rng.random(len(lag)) < himself)
    needed = np.where(first == NONE, begin, first)
    system = np.where(rng.random(len(lag)) < BY_PLANNING, PLANNING, DISTRIBUTION)
    return holdings.with_columns(
        kind=pl.Series(np.where(by_owner & (lag == WITHIN_HOUR), CONTACT, column(holdings, "link"))),
        valid_from=pl.Series(begin),
        valid_to=pl.Series(end),
        registered_at=pl.Series(_registered_at(rng, agency.timeline, lag, begin, needed)),
        registrar=pl.Series(np.where(by_owner, employee, np.choose(lag, [system, system, NIGHTLY, CATCH_UP]))),
        lag=pl.Series(lag),
    )


def _registered_at(rng: Dice, timeline: Timeline, lag: Ints, begin: Ints, first: Ints) -> Ints:
    """When each link is written down, given when it begins to count and when it is first needed."""
    count, day = len(lag), timeline.day_of(first)
    ahead = np.minimum(begin + rng.integers(0, 90, count) * SECOND, first)
    soon = first + rng.integers(1, 60, count) * MINUTE
    next_morning = timeline.at(day + 1, rng.uniform(3.5, 6.5, count) * 3600)
    days_late = timeline.at(day + rng.integers(2, 7, count), rng.uniform(8, 17, count) * 3600)
    by_lag = {IN_ADVANCE: ahead, WITHIN_HOUR: soon, NEXT_MORNING: next_morning, DAYS_LATE: days_late}
    return np.choose(lag, [by_lag[number] for number in sorted(by_lag)])


def _validity(rng: Dice, agency: Agency, holdings: pl.DataFrame, first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """From the day the case came in, before the first look, to some time after the last."""
    timeline, count, seen = agency.timeline, holdings.height, first != NONE
    begin = timeline.at(np.maximum(column(holdings, "first"), -OLDEST_CASE), rng.uniform(7.5, 17.0, count) * 3600)
    hurry = (rng.lognormal(np.log(40), 1.0, count).clip(2, 900) * MINUTE).astype(np.int64)
    begin = np.where(seen, np.minimum(begin, first - hurry), begin)
    done = timeline.at(np.minimum(column(holdings, "last"), timeline.days), rng.uniform(17.0, 20.0, count) * 3600)
    end = np.maximum(done, np.where(seen, last, begin) + rng.integers(2, 60, count) * HOUR)
    still_open = (end > timeline.midnight(np.array([timeline.days]))) | (rng.random(count) < OPEN_ENDED)
    return _within_service(agency, column(holdings, "employee"), begin, np.where(still_open, NONE, end))


def _within_service(agency: Agency, employee: Ints, begin: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Nobody has a case before the first or after the last day of employment."""
    timeline, owned = agency.timeline, employee != NONE
    hired, left = agency.employment.hired[employee], agency.employment.left[employee]
    begin = np.where(owned, np.maximum(begin, timeline.midnight(hired)), begin)
    leaves = owned & (left <= timeline.days)
    last_moment = timeline.midnight(np.minimum(left, timeline.days))
    return begin, np.where(leaves, np.where(end == NONE, last_moment, np.minimum(end, last_moment)), end)


def _call_links(rng: Dice, agency: Agency, holdings: pl.DataFrame, first: Ints, last: Ints) -> pl.DataFrame:
    """A contact around the call, written down before the shift ends; only after more than an hour it counts as late."""
    employee, day, count = column(holdings, "employee"), column(holdings, "first"), holdings.height
    row = agency.workdays.row(employee, day)
    shift_end = agency.timeline.at(day, agency.workdays.end[row])
    prompt = first + (rng.exponential(CALL_LAG_MINUTES, count).clip(0.2, 59) * MINUTE).astype(np.int64)
    room = np.maximum(shift_end - first - HOUR, 0)
    later = first + HOUR + (rng.random(count) * room).astype(np.int64)
    begin = first - rng.integers(10, 90, count) * SECOND
    late: Flags = (rng.random(count) < CALL_LATER) & (room > 0)
    at_once: Flags = ~late & (rng.random(count) < CALL_AT_ONCE)
    return holdings.with_columns(
        kind=pl.col("link"),
        valid_from=pl.Series(begin),
        valid_to=pl.Series(last + rng.integers(15, 60, count) * MINUTE),
        registered_at=pl.Series(np.select([late, at_once], [later, begin], prompt)),
        registrar=pl.Series(employee),
        lag=pl.Series(np.where(late, WITHIN_HOUR, IN_ADVANCE)),
    )


def holdings_that_close(holdings: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Own cases with their link's `valid_to`, where it has one."""
    closed = links.filter(pl.col("valid_to") != NONE).select("holding", "valid_to")
    own = holdings.with_row_index("holding").cast({"holding": pl.Int64}).filter(pl.col("stream") == OWN)
    return own.join(closed, on="holding", how="inner", maintain_order="left")
