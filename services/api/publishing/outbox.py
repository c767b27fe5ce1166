"""Stored revisions of pushed signals into rows that wait for the broker, and what became of them.

The topic is that of Bureau Integriteit: signals that are for another officer are not told there, nor how many.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Insert, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.audience import is_for, signals_for
from services.api.db.tables import intake_items, publications, signals
from services.api.intake.judge import Verdict
from services.api.publishing.events import Publication, event_id

BUREAU = "investigator"
"""The role of those whom the topic is for."""


@dataclass(frozen=True)
class Backlog:
    """How many publications wait, and since when the oldest does (None: none waits)."""

    pending: int
    oldest: datetime | None


@dataclass(frozen=True)
class Telling:
    """A revision of a pushed signal, as the outbox takes it."""

    signal_id: str
    revision: int
    content_hash: str
    status: str
    as_of: datetime


async def enqueue(connection: AsyncConnection, verdicts: Sequence[Verdict], now: datetime) -> int:
    """Adds the stored revisions of pushed signals, in the transaction that stores them; how many there were."""
    tellings = [
        Telling(
            verdict.signal.signal_id,
            verdict.known.revision,
            verdict.known.content_hash,
            verdict.signal.status,
            verdict.signal.as_of,
        )
        for verdict in verdicts
        if verdict.result == "stored" and verdict.known.pushed and is_for(BUREAU, verdict.signal.rule)
    ]
    await _add(connection, tellings, now)
    return len(tellings)


async def enqueue_untold(connection: AsyncConnection, now: datetime) -> int:
    """Adds what was pushed while nothing was published: the current revision of each signal of the queue."""
    told = exists().where(
        publications.c.signal_id == signals.c.signal_id, publications.c.revision == signals.c.revision
    )
    queued = exists().where(intake_items.c.signal_id == signals.c.signal_id)
    columns = signals.c.signal_id, signals.c.revision, signals.c.content_hash, signals.c.status, signals.c.as_of
    untold = select(*columns).where(signals.c.pushed, signals_for(BUREAU), queued, ~told)
    in_order = untold.order_by(signals.c.received_at, signals.c.signal_id)
    # locked, so that a delivery of a later revision gets its row after this one
    tellings = [Telling(*row) for row in await connection.execute(in_order.with_for_update(of=signals))]
    await _add(connection, tellings, now)
    return len(tellings)


async def pending(connection: AsyncConnection, limit: int) -> list[Publication]:
    """The oldest that waits of each signal, at most `limit`: nothing overtakes what the same signal told before."""
    waits = publications.c.sent_at.is_(None)
    first = select(func.min(publications.c.id)).where(waits).group_by(publications.c.signal_id)
    columns = (
        *(publications.c.id, publications.c.event_id, publications.c.signal_id, publications.c.revision),
        *(publications.c.happening, publications.c.status, publications.c.as_of),
    )
    query = select(*columns).where(publications.c.id.in_(first)).order_by(publications.c.id).limit(limit)
    return [Publication(*row) for row in await connection.execute(query)]


async def mark_sent(connection: AsyncConnection, rows: Iterable[int], now: datetime) -> None:
    """Settles what the broker acknowledged."""
    await connection.execute(publications.update().where(publications.c.id.in_(list(rows))).values(sent_at=now))


async def backlog(connection: AsyncConnection) -> Backlog:
    """How much waits."""
    query = select(func.count(), func.min(publications.c.written_at)).where(publications.c.sent_at.is_(None))
    return Backlog(*(await connection.execute(query)).one())


async def _add(connection: AsyncConnection, tellings: Sequence[Telling], now: datetime) -> None:
    if not tellings:
        return
    of_these = publications.c.signal_id.in_({telling.signal_id for telling in tellings})
    told = set((await connection.execute(select(publications.c.signal_id).where(of_these))).scalars())
    rows = []
    for telling in tellings:
        rows.append(_row(telling, told, now))
        told.add(telling.signal_id)
    await connection.execute(_insert_new(connection), rows)


def _row(telling: Telling, told: set[str], now: datetime) -> Mapping[str, object]:
    happening = "revised" if telling.signal_id in told else "pushed"
    return {
        "event_id": event_id(telling.signal_id, telling.revision, telling.content_hash),
        "signal_id": telling.signal_id,
        "revision": telling.revision,
        "happening": "withdrawn" if telling.status == "withdrawn" else happening,
        "status": telling.status,
        "as_of": telling.as_of,
        "written_at": now,
    }


def _insert_new(connection: AsyncConnection) -> Insert:
    """Leaves a row that is there as it is: a delivery and `enqueue_untold` of another process may meet."""
    dialect = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    insert: Insert = dialect(publications).on_conflict_do_nothing()
    return insert
