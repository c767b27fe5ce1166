"""Old entries of the audit trail into entries without a payload, which the chain still holds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import null, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.audit.entries import Entry
from services.api.audit.trail import append
from services.api.db.trail import audit_entries, audit_objects


async def blank(connection: AsyncConnection, before: datetime, actor: str, role: str, now: datetime) -> int:
    """Removes who did what to which object from all entries before a moment; how many there were.

    That is told by an entry `blank` of the chain itself, in the same transaction: a payload that is gone without such
    an entry is a fault to `verify`. When, in what role, what was done and to what end stays.
    """
    through = await _last_before(connection, before)
    stands = (audit_entries.c.sequence <= through, audit_entries.c.salt.is_not(None))
    values = {name: null() for name in ("actor", "object_id", "detail", "salt")}
    removed = (await connection.execute(audit_entries.update().where(*stands).values(values))).rowcount
    if removed:
        await connection.execute(audit_objects.delete().where(audit_objects.c.sequence <= through))
        await append(connection, [Entry(actor, role, "blank", "audit-trail", None, blanked_through=through)], now)
    return removed


async def _last_before(connection: AsyncConnection, before: datetime) -> int:
    """The last entry of which all before it are old too: a clock that was set back may have left a younger one."""
    young = select(audit_entries.c.sequence).where(audit_entries.c.at >= before)
    first_young = (await connection.execute(young.order_by(audit_entries.c.sequence).limit(1))).scalar()
    if first_young is not None:
        return int(first_young) - 1
    newest = select(audit_entries.c.sequence).order_by(audit_entries.c.sequence.desc()).limit(1)
    return (await connection.execute(newest)).scalar() or 0
