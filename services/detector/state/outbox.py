"""Signal revisions into rows that wait for delivery, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl
from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Engine,
    Exists,
    Update,
    bindparam,
    delete,
    exists,
    func,
    select,
    tuple_,
    update,
)

from services.core.clock import Clock
from services.core.contract import SIGNAL
from services.detector.state.connection import insert_new, reading, writing
from services.detector.state.json_lines import json_lines
from services.detector.state.schema import DELIVERED, OUTBOX, OWNER, PENDING, REJECTED, SUPERSEDED

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
BODY_COLUMNS = [*SIGNAL.schema, "evidence"]
REVISION_KEY = ("signal_id", "content_hash", "as_of_us")
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
"""Of a signal that the API does not take alone; pauses double."""


@dataclass(frozen=True)
class Parcel:
    """One undelivered revision: its row in the outbox, its signal and its JSON."""

    row: int
    signal_id: str
    body: bytes
    failures: int = 0
    """How often the API did not take it alone."""


@dataclass(frozen=True)
class Backlog:
    """How many revisions wait, how many of them are put aside, and since when the oldest of the others does (None: none
    waits)."""

    pending: int
    oldest: datetime | None
    aside: int = 0


class Outbox:
    """The revisions of the store, as delivery sees them; usable from any thread."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def pending(self, rows: int, size: int) -> list[Parcel]:
        """The oldest undelivered revisions that are not put aside: at most `rows` and, beyond the first, `size` bytes.

        Those that failed before come after those that did not. Raises StoreUnavailable.
        """
        columns = (OUTBOX.c.id, OUTBOX.c.signal_id, OUTBOX.c.body, OUTBOX.c.failures)
        query = select(*columns).where(OUTBOX.c.status == PENDING, ~self._is_aside())
        with reading(self._engine) as connection:
            found = connection.execute(query.order_by(OUTBOX.c.failures, OUTBOX.c.id).limit(rows))
            return list(_within(size, (Parcel(*row) for row in found)))

    def backlog(self) -> Backlog:
        """How much waits. Raises StoreUnavailable."""
        aside = self._is_aside()
        oldest_of_others = func.min(OUTBOX.c.committed_us).filter(~aside)
        query = select(func.count(), oldest_of_others, func.count().filter(aside)).where(OUTBOX.c.status == PENDING)
        with reading(self._engine) as connection:
            pending, oldest, put_aside = connection.execute(query).one()
        return Backlog(pending, None if oldest is None else EPOCH + oldest * MICROSECOND, put_aside)

    def mark_delivered(self, results: Mapping[int, str]) -> None:
        """Settles rows with what the API answered for each. Raises StoreUnavailable."""
        settle = (
            update(OUTBOX)
            .where(OUTBOX.c.id == bindparam("row"))
            .values(status=DELIVERED, body=None, settled_us=microseconds(self._clock.now()), result=bindparam("answer"))
        )
        with writing(self._engine) as connection:
            hold_off_commits(connection)
            connection.execute(settle, [{"row": row, "answer": answer} for row, answer in results.items()])

    def mark_rejected(self, row: int, problem: str) -> None:
        """Settles a row that the API will never take; a row superseded meanwhile stays so. Raises StoreUnavailable."""
        settle = (
            update(OUTBOX)
            .where(OUTBOX.c.id == row, OUTBOX.c.status == PENDING)
            .values(status=REJECTED, settled_us=microseconds(self._clock.now()), result=problem.replace("\0", ""))
        )
        with writing(self._engine) as connection:
            hold_off_commits(connection)
            connection.execute(settle)

    def put_aside(self, row: int, failures: int, problem: str) -> timedelta:
        """Leaves a row alone for longer the more failures it has, and returns for how long. Raises StoreUnavailable."""
        pause = min(FIRST_PAUSE * 2.0 ** min(failures - 1, 32), LONGEST_PAUSE)
        put = (
            update(OUTBOX)
            .where(OUTBOX.c.id == row, OUTBOX.c.status == PENDING)
            .values(
                failures=failures,
                next_try_us=microseconds(self._clock.now() + pause),
                result=problem.replace("\0", ""),
            )
        )
        with writing(self._engine) as connection:
            hold_off_commits(connection)
            connection.execute(put)
        return pause

    def take_up(self) -> None:
        """Ends the pauses of all rows that are put aside. Raises StoreUnavailable."""
        with writing(self._engine) as connection:
            hold_off_commits(connection)
            connection.execute(
                update(OUTBOX)
                .where(OUTBOX.c.status == PENDING, OUTBOX.c.next_try_us.is_not(None))
                .values(next_try_us=None)
            )

    def _is_aside(self) -> ColumnElement[bool]:
        """Of a row that is pending."""
        return func.coalesce(OUTBOX.c.next_try_us, 0) > microseconds(self._clock.now())


def enqueue(connection: Connection, revisions: pl.DataFrame, now: datetime) -> None:
    """Adds revisions (columns of contract SIGNAL and `evidence`) to the outbox, inside the caller's transaction.

    A revision that is its signal's newest already stays as it is; an earlier one that is told again, because what came
    in between was taken back, gets a new row. Of each signal at most the newest, by as_of and then by order of arrival,
    is left pending.
    """
    if revisions.is_empty():
        return
    before = connection.execute(select(func.coalesce(func.max(OUTBOX.c.id), 0))).scalar_one()
    rows = _rows(revisions, now)
    told_before = [{f"{name}_now": row[name] for name in REVISION_KEY} for row in rows]
    connection.execute(_forget_outdone(), told_before)
    connection.execute(insert_new(connection, OUTBOX), rows)
    connection.execute(_supersede_older(before, now))


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


def hold_off_commits(connection: Connection) -> None:
    """A commit supersedes rows in another order than delivery settles them: each would wait for the other's row."""
    connection.execute(select(OWNER.c.id).with_for_update())


def _rows(revisions: pl.DataFrame, now: datetime) -> list[dict[str, object]]:
    keys = revisions.select("signal_id", "content_hash", pl.col("as_of").dt.epoch("us").alias("as_of_us"))
    bodies = json_lines(revisions.select(BODY_COLUMNS))
    waits = {"status": PENDING, "committed_us": microseconds(now)}
    return [key | waits | {"body": body} for key, body in zip(keys.iter_rows(named=True), bodies, strict=True)]


def _forget_outdone() -> Delete:
    """Takes away the row of a revision (parameters `..._now` of REVISION_KEY) if its signal has a newer one."""
    same = [OUTBOX.c[name] == bindparam(f"{name}_now") for name in REVISION_KEY]
    return delete(OUTBOX).where(*same, outdone())


def _supersede_older(before: int, now: datetime) -> Update:
    """Of the signals that got rows after row `before`: settles what a newer revision makes pointless to send."""
    fresh = OUTBOX.alias("fresh")
    touched = select(fresh.c.signal_id).where(fresh.c.id > before)
    return (
        update(OUTBOX)
        .where(OUTBOX.c.status == PENDING, OUTBOX.c.signal_id.in_(touched), outdone())
        .values(status=SUPERSEDED, body=None, settled_us=microseconds(now))
    )


def outdone() -> Exists:
    """Whether a row's signal has a newer revision that may reach the API."""
    newer = OUTBOX.alias("newer")
    return exists().where(
        newer.c.signal_id == OUTBOX.c.signal_id,
        newer.c.status != REJECTED,
        tuple_(newer.c.as_of_us, newer.c.id) > tuple_(OUTBOX.c.as_of_us, OUTBOX.c.id),
    )


def _within(size: int, parcels: Iterator[Parcel]) -> Iterator[Parcel]:
    total = 0
    for place, parcel in enumerate(parcels):
        total += len(parcel.body)
        if place and total > size:
            return
        yield parcel
