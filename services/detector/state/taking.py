"""Arrivals that wait into the next ones for the engine, and what the engine took into deletions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    cast,
    delete,
    exists,
    false,
    func,
    or_,
    select,
)

from services.core.clock import Clock
from services.core.errors import DoelbindingError
from services.detector.state.arrivals import Arrived, Bodies
from services.detector.state.checkpoint import write_values
from services.detector.state.lease import SECOND, database_now
from services.detector.state.outbox import EPOCH, MICROSECOND
from services.detector.state.schema import ARRIVALS, PARTITIONS, TAKEN

MOST_AT_ONCE = 1_000
"""So many arrivals are looked at in one call, however many wait."""

STILL_READ_SECONDS = 600
"""For so long after something of it was stored a partition of another topic counts as read: while detectors go over to
another topic one by one, and no longer."""


class Waiting(NamedTuple):
    """How many lookups wait for the engine, and whether a partition is known to hold more than was read of it."""

    rows: int
    more_to_read: bool


def read_waiting(connection: Connection, clock: Clock, topic: str) -> Waiting:
    """What waits of all partitions together; those of `topic` are read."""
    more = exists().where(_more_to_read(connection, clock, topic))
    return Waiting(*connection.execute(select(_rows().scalar_subquery(), more)).one())


def read_behind(connection: Connection, clock: Clock, topic: str, taken: Mapping[str, int]) -> frozenset[str]:
    """The partitions of which more is to come than these arrivals; see `Store.behind`."""
    more = _more_to_read(connection, clock, topic)
    rows = connection.execute(select(PARTITIONS.c.source, more, PARTITIONS.c.arrived))
    return frozenset(name for name, behind, arrived in rows if behind or arrived > taken.get(name, 0))


def waiting_rows(connection: Connection, partition: str) -> int:
    """How many lookups of the partition wait."""
    return connection.execute(_rows().where(ARRIVALS.c.source == partition)).scalar_one()


def read_taken(connection: Connection) -> dict[str, int]:
    """Per partition the number of the last arrival that was taken."""
    return {row.source: row.number for row in connection.execute(select(TAKEN))}


def next_arrivals(connection: Connection, bodies: Bodies, most_rows: int) -> list[Arrived]:
    """The next arrivals, of each partition in turn; see `Store.arrivals`."""
    chosen = _within(most_rows, connection.execute(_queue()))
    if not chosen:
        return []
    places = {key: place for place, key in enumerate(chosen)}
    found = connection.execute(select(ARRIVALS).where(_in(_runs(chosen)))).all()
    return [
        bodies.open(row.body, row.source, row.number, EPOCH + row.committed_us * MICROSECOND)
        for row in sorted(found, key=lambda row: places[row.source, row.number])
    ]


def take(connection: Connection, before: Mapping[str, int], taken: Mapping[str, int]) -> None:
    """Deletes what was taken, and remembers up to which number; inside the caller's transaction, behind its fence.

    Raises DoelbindingError where not each arrival in between is there: the store then is not what was loaded.
    """
    if not taken:
        return
    runs = {name: (before.get(name, 0) + 1, number) for name, number in taken.items()}
    expected = sum(last - first + 1 for first, last in runs.values())
    deleted = connection.execute(delete(ARRIVALS).where(_in(runs))).rowcount
    if deleted != expected:
        raise DoelbindingError(
            f"{expected} arrivals of {', '.join(sorted(taken))} were to be taken, and {deleted} are in the store; "
            "if it was restored from a backup, start again: what is missing is read anew from the stored positions"
        )
    write_values(connection, TAKEN, taken)


def _more_to_read(connection: Connection, clock: Clock, topic: str) -> ColumnElement[bool]:
    """Whether a partition that is read is known to hold more. What nobody reads any more would be behind for ever."""
    ours = func.substr(PARTITIONS.c.source, 1, len(topic) + 1) == f"{topic}/"
    lately = PARTITIONS.c.told_us > database_now(connection, clock) - STILL_READ_SECONDS * SECOND
    return PARTITIONS.c.behind & (ours | func.coalesce(lately, false()))


def _rows() -> Select[int]:
    return select(cast(func.coalesce(func.sum(ARRIVALS.c.rows), 0), BigInteger))


def _queue() -> Select[str, int, int]:
    """Source, number and rows of what may come next: the first of each partition, then the second of each.

    Numbers have no gaps, so the distance from what was taken is the place in the queue. Equal places go by age, lest a
    partition wait behind one that always has more.
    """
    taken = func.coalesce(TAKEN.c.number, 0)
    mine = (ARRIVALS.c.source == PARTITIONS.c.source) & (ARRIVALS.c.number > taken)
    tables = PARTITIONS.outerjoin(TAKEN, TAKEN.c.source == PARTITIONS.c.source).join(ARRIVALS, mine)
    return (
        select(ARRIVALS.c.source, ARRIVALS.c.number, ARRIVALS.c.rows)
        .select_from(tables)
        .where(ARRIVALS.c.number <= taken + MOST_AT_ONCE)
        .order_by(ARRIVALS.c.number - taken, ARRIVALS.c.committed_us, ARRIVALS.c.source)
        .limit(MOST_AT_ONCE)
    )


def _within(most_rows: int, queue: Iterable[tuple[str, int, int]]) -> list[tuple[str, int]]:
    """The head of the queue that has at most so many rows, and never nothing."""
    chosen: list[tuple[str, int]] = []
    total = 0
    for source, number, rows in queue:
        total += rows
        if chosen and total > most_rows:
            break
        chosen.append((source, number))
    return chosen


def _runs(chosen: Iterable[tuple[str, int]]) -> dict[str, tuple[int, int]]:
    """First and last number per partition; what is chosen of one has no gaps."""
    runs: dict[str, tuple[int, int]] = {}
    for source, number in chosen:
        runs[source] = (runs.get(source, (number, number))[0], number)
    return runs


def _in(runs: Mapping[str, tuple[int, int]]) -> ColumnElement[bool]:
    return or_(
        *(
            and_(ARRIVALS.c.source == source, ARRIVALS.c.number.between(first, last))
            for source, (first, last) in runs.items()
        )
    )
