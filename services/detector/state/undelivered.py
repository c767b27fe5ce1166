"""Signals that the API does not take, as a person asks for them: listed, counted, and sent again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, Row, and_, func, or_, select, update

from services.core.clock import Clock
from services.core.errors import InputError
from services.detector.state.connection import reading, writing
from services.detector.state.outbox import EPOCH, MICROSECOND, hold_off_commits, microseconds, outdone
from services.detector.state.schema import OUTBOX, PENDING, REJECTED, SUPERSEDED

ASIDE = and_(OUTBOX.c.status == PENDING, OUTBOX.c.next_try_us.is_not(None))
REFUSED = and_(OUTBOX.c.status == REJECTED, ~outdone())
"""A refused revision of which a newer one goes its way is nobody's concern any more."""


@dataclass(frozen=True)
class UndeliveredSignal:
    """A revision that the API does not take: what it said, how often it did not take it alone, and when it is tried
    again (None: a person has to say so)."""

    row: int
    signal_id: str
    stored_at: datetime
    failures: int
    next_try: datetime | None
    problem: str


@dataclass(frozen=True)
class Retried:
    """How many go out again, and how many do not because their signal has a newer revision."""

    again: int
    superseded: int


class Undelivered:
    """Works beside a running detector. Every method raises StoreUnavailable."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def refused(self) -> int:
        """How many were refused for good."""
        return self._count(REFUSED)

    def aside(self) -> int:
        """How many are put aside, and tried again by themselves."""
        return self._count(ASIDE)

    def oldest(self, most: int) -> list[UndeliveredSignal]:
        """Those that have waited longest."""
        query = select(OUTBOX).where(or_(REFUSED, ASIDE)).order_by(OUTBOX.c.id).limit(most)
        with reading(self._engine) as connection:
            return [_signal(row) for row in connection.execute(query)]

    def retry(self, rows: Collection[int] | None = None) -> Retried:
        """Lets these (None: all) go out again with the next round of delivery.

        Raises InputError, and changes nothing, if one of them is not undelivered.
        """
        undelivered = or_(OUTBOX.c.status == REJECTED, ASIDE)
        wanted = undelivered if rows is None else and_(undelivered, OUTBOX.c.id.in_(rows))
        again = update(OUTBOX).where(wanted)
        again = again.values(status=PENDING, failures=0, next_try_us=None, settled_us=None, result=None)
        # among those that were refused may be several of one signal: the newest alone is sent
        outdated = update(OUTBOX).where(OUTBOX.c.status == PENDING, outdone())
        outdated = outdated.values(status=SUPERSEDED, body=None, settled_us=microseconds(self._clock.now()))
        with writing(self._engine) as connection:
            hold_off_commits(connection)
            there = set(connection.execute(select(OUTBOX.c.id).where(wanted)).scalars())
            if missing := set(rows or ()) - there:
                raise InputError(*(f"signal {row}: is not among the undelivered ones" for row in sorted(missing)))
            chosen = connection.execute(again).rowcount
            superseded = connection.execute(outdated).rowcount
        return Retried(chosen - superseded, superseded)

    def _count(self, what: ColumnElement[bool]) -> int:
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(OUTBOX).where(what)).scalar_one()


def _signal(row: Row[*tuple[object, ...]]) -> UndeliveredSignal:
    return UndeliveredSignal(
        row.id,
        row.signal_id,
        EPOCH + row.committed_us * MICROSECOND,
        row.failures,
        None if row.status == REJECTED else EPOCH + row.next_try_us * MICROSECOND,
        row.result or "",
    )
