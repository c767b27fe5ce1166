"""Up to where the audit trail was published, and what waits behind that."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.audit.stored import Stored, entries_after, stored
from services.api.db.readers import published_reads
from services.api.db.trail import audit_entries, audit_head
from services.api.publishing.outbox import Backlog


async def position(connection: AsyncConnection) -> int:
    """The last entry that is done with."""
    return int((await connection.execute(select(published_reads.c.sequence))).scalar_one())


async def move(connection: AsyncConnection, since: int, to: int) -> None:
    """Settles entries, unless another process did meanwhile."""
    still = published_reads.c.sequence == since
    await connection.execute(published_reads.update().where(still).values(sequence=to))


async def entries(connection: AsyncConnection, after: int, limit: int) -> list[Stored]:
    """The next entries of the trail, in order."""
    return [stored(row) for row in await connection.execute(entries_after(after).limit(limit))]


async def backlog(connection: AsyncConnection) -> Backlog:
    """How many entries of the trail wait to be looked at, and since when the oldest does."""
    done = await position(connection)
    end = (await connection.execute(select(func.max(audit_head.c.sequence)))).scalar_one() or 0
    oldest = select(audit_entries.c.at).where(audit_entries.c.sequence > done)
    at = (await connection.execute(oldest.order_by(audit_entries.c.sequence).limit(1))).scalar_one_or_none()
    return Backlog(max(end - done, 0), at)
