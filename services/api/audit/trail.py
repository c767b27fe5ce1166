"""Entries into the audit trail, in the transaction of what they tell about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.audit.entries import Entry
from services.api.db.trail import audit_entries


async def append(connection: AsyncConnection, entries: Sequence[Entry], now: datetime) -> None:
    """Adds entries, in order; they hold once the caller's transaction is committed, and not otherwise."""
    if entries:
        await connection.execute(audit_entries.insert(), [{"at": now, **vars(entry)} for entry in entries])
