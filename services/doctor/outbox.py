"""Both outboxes into findings: how many signals wait for the intake, and how many events for their topic."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select

from services.api.db.tables import publications
from services.core.clock import Clock
from services.detector.state.connection import StoreUnavailable, reading
from services.detector.state.outbox import Outbox
from services.detector.state.undelivered import Undelivered
from services.doctor.findings import Finding, fault, number, ok, warning

SOON, LONG = timedelta(minutes=15), timedelta(days=1)
"""A signal is delivered within seconds; after a quarter of an hour something is wrong, after a day it hurts."""


def examine_outbox(engine: Engine, clock: Clock) -> list[Finding]:
    """What waits in a detector's database that has the tables of this release."""
    undelivered = Undelivered(engine, clock)
    try:
        backlog, rejected, aside = Outbox(engine, clock).backlog(), undelivered.refused(), undelivered.aside()
    except StoreUnavailable as error:
        return [warning("outbox", f"could not be read: {error}")]
    finally:
        engine.dispose()
    waiting = backlog_finding(backlog.pending - backlog.aside, backlog.oldest, clock.now())
    return [waiting, *_refused(rejected), *_put_aside(aside)]


def examine_events(engine: Engine, clock: Clock, *, published: bool) -> list[Finding]:
    """What waits in the API's database, with the tables of this release, for the topic of Bureau Integriteit."""
    waits = select(func.count(), func.min(publications.c.written_at)).where(publications.c.sent_at.is_(None))
    try:
        with reading(engine) as connection:
            pending, oldest = connection.execute(waits).one()
    except StoreUnavailable as error:
        return [warning("event-outbox", f"could not be read: {error}")]
    finally:
        engine.dispose()
    return [events_finding(pending, oldest, clock.now(), published=published)]


def events_finding(pending: int, oldest: datetime | None, now: datetime, *, published: bool) -> Finding:
    """Whether events of pushed signals reach their topic; only where they are `published` do they have to."""
    if oldest is None:
        return ok("event-outbox", "no event waits for its topic")
    told = (
        f"{number(pending, 'event waits', 'events wait')} for the topic, the oldest since {oldest:%Y-%m-%d %H:%M} UTC"
    )
    if now - oldest < SOON:
        return ok("event-outbox", told)
    if not published:
        return warning("event-outbox", f"{told}; nothing here says where Kafka is, and nothing is published without")
    remedy = "see that the API runs, and what it logs as publishing-unavailable or publishing-refused"
    return (fault if now - oldest > LONG else warning)("event-outbox", f"{told}; {remedy}")


def backlog_finding(pending: int, oldest: datetime | None, now: datetime) -> Finding:
    """Whether signals reach the intake."""
    if oldest is None:
        return ok("outbox", "no signal waits for delivery")
    told = (
        f"{number(pending, 'signal waits', 'signals wait')} for delivery, the oldest since {oldest:%Y-%m-%d %H:%M} UTC"
    )
    if now - oldest < SOON:
        return ok("outbox", told)
    remedy = "see that the API runs and the detector's --api names it; they go out at the detector's next start"
    return (fault if now - oldest > LONG else warning)("outbox", f"{told}; {remedy}")


def _refused(rejected: int) -> list[Finding]:
    if not rejected:
        return []
    told = number(rejected, "signal was refused by the API and is", "signals were refused by the API and are")
    return [
        warning(
            "outbox",
            f"{told} not in the queue; doelbinding outbox list says why, mostly that the releases do not fit; then: "
            "doelbinding outbox retry --all",
        )
    ]


def _put_aside(aside: int) -> list[Finding]:
    if not aside:
        return []
    told = number(aside, "signal is", "signals are")
    return [
        warning(
            "outbox", f"{told} put aside, because the API does not take them alone; doelbinding outbox list says why"
        )
    ]
