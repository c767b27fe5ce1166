"""Who may own the engine for how long, by the database's clock, so that no machine's own clock matters."""

from __future__ import annotations

from sqlalchemy import BigInteger, ColumnElement, Connection, Update, case, cast, func, literal, null, update

from services.core.clock import Clock
from services.detector.state.outbox import microseconds
from services.detector.state.schema import OWNER

SECOND = 1_000_000


def take(connection: Connection, clock: Clock, holder: str, seconds: float, epoch: int) -> int | None:
    """The epoch under which the holder has the lease for so long; None while it is another's.

    It stays `epoch` where the holder has it under that epoch already, and is a new one in every other case: an earlier
    process of the same name may still be alive.
    """
    now = database_now(connection, clock)
    mine = OWNER.c.holder == holder
    free = OWNER.c.holder.is_(None) | (OWNER.c.until_us <= now)
    taken = (
        update(OWNER)
        .where(free | mine)
        .values(
            epoch=case((mine & (OWNER.c.epoch == epoch), epoch), else_=OWNER.c.epoch + 1),
            holder=holder,
            until_us=now + _microseconds(seconds),
        )
    )
    return connection.execute(taken.returning(OWNER.c.epoch)).scalar_one_or_none()


def renew(connection: Connection, clock: Clock, holder: str, seconds: float, epoch: int) -> bool:
    """Whether the lease is still the holder's, now for so long from this moment."""
    now = database_now(connection, clock)
    renewed = _held(holder, epoch).values(until_us=now + _microseconds(seconds))
    return connection.execute(renewed).rowcount == 1


def release(connection: Connection, holder: str, epoch: int) -> None:
    """Frees the lease, if it is still the holder's."""
    connection.execute(_held(holder, epoch).values(holder=null(), until_us=null()))


def _held(holder: str, epoch: int) -> Update:
    return update(OWNER).where(OWNER.c.holder == holder, OWNER.c.epoch == epoch)


def database_now(connection: Connection, clock: Clock) -> ColumnElement[int]:
    """Microseconds since 1970. SQLite has no server: its processes share a machine, and so a clock."""
    if connection.dialect.name == "postgresql":
        return cast(func.extract("epoch", func.clock_timestamp()) * SECOND, BigInteger)
    return literal(microseconds(clock.now()), BigInteger)


def _microseconds(seconds: float) -> int:
    return round(seconds * SECOND)
