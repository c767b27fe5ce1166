"""Rows that triggers write about items into news in order, without missing what commits late."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, literal, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.db.deliveries import item_news
from services.api.db.tables import intake_items, signals
from services.api.db.types import AnyRow, AnySelect

KEPT = 100_000
"""Rows; at a thousand changes a day, three months."""
LOOKED_BACK = 1_000
"""How many rows before the newest may still be uncommitted when somebody begins to follow."""
AT_ONCE = 200


class Reel:
    """Where one follower is in the news.

    On PostgreSQL a row may commit after one with a higher id. So the rows up to the newest are told once every
    transaction that was under way when the newest was seen has ended.
    """

    def __init__(self, place: int) -> None:
        self._place = place
        self._skipped: frozenset[int] = frozenset()
        self._until: tuple[int, int] | None = None

    @classmethod
    async def from_now(cls, connection: AsyncConnection) -> Reel:
        """A reel that tells what is committed from this moment on."""
        newest, _, _ = await _horizon(connection)
        reel = cls(max(0, newest - LOOKED_BACK))
        seen = select(item_news.c.id).where(item_news.c.id > reel._place)
        reel._skipped = frozenset((await connection.execute(seen)).scalars())
        return reel

    async def forgotten(self, connection: AsyncConnection) -> bool:
        """Whether news after this place was removed before it was told."""
        oldest = (await connection.execute(select(func.min(item_news.c.id)))).scalar_one()
        return oldest is not None and self._place < oldest - 1 and not self._skipped

    async def next(self, connection: AsyncConnection, seen_by: Sequence[ColumnElement[bool]]) -> Sequence[AnyRow]:
        """News that can be told now, at most `AT_ONCE`; `seen_by` are conditions on the signal."""
        newest, ended, begun = await _horizon(connection)
        self._until = self._until or (newest, begun)
        limit, needed = self._until
        if ended < needed:
            return []
        rows = (await connection.execute(between(self._place, limit, seen_by))).all()
        self._place = rows[-1].id if len(rows) == AT_ONCE else max(self._place, limit)
        if len(rows) < AT_ONCE:
            self._until = None
        return [row for row in rows if row.id not in self._skipped]


async def forget_old(connection: AsyncConnection) -> None:
    """Removes what is beyond `KEPT` rows."""
    newest = (await connection.execute(select(func.max(item_news.c.id)))).scalar_one() or 0
    await connection.execute(item_news.delete().where(item_news.c.id <= newest - KEPT))


async def _horizon(connection: AsyncConnection) -> tuple[int, int, int]:
    """The newest id, before which transaction all have ended, and which one begins next; of one moment."""
    if connection.dialect.name == "sqlite":  # one writer: rows commit in the order of their ids
        newest = (await connection.execute(select(func.max(item_news.c.id)))).scalar_one()
        return newest or 0, 0, 0
    snapshot = "pg_current_snapshot()"
    ended, begun = (text(f"pg_snapshot_{edge}({snapshot})::text") for edge in ("xmin", "xmax"))
    row = (await connection.execute(select(func.coalesce(func.max(item_news.c.id), literal(0)), ended, begun))).one()
    return int(row[0]), int(row[1]), int(row[2])


def between(after: int, until: int, seen_by: Sequence[ColumnElement[bool]]) -> AnySelect:
    """The news after one place up to another, in order."""
    columns = *item_news.c, intake_items.c.signal_id
    return (
        select(*columns)
        .join(intake_items, intake_items.c.id == item_news.c.item_id)
        .join(signals, signals.c.signal_id == intake_items.c.signal_id)
        .where(item_news.c.id > after, item_news.c.id <= until, *seen_by)
        .order_by(item_news.c.id)
        .limit(AT_ONCE)
    )
