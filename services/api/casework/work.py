"""What an action works with: the case under lock, who acts, when; and what it changed, for item, history and trail."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.access import Reader
from services.api.audit.entries import Entry, entry_of
from services.api.casework.case import Case
from services.api.casework.deadlines import due_at
from services.api.casework.hindrances import HinderedError
from services.api.casework.permits import demand
from services.api.db.casework import item_events
from services.api.db.tables import intake_items


@dataclass(frozen=True)
class Work:
    """One action on one item, inside the transaction that holds the item's lock."""

    connection: AsyncConnection
    case: Case
    reader: Reader
    now: datetime
    zone: ZoneInfo
    people: Mapping[str, str]
    """Which employees, by pseudonym, stand behind local accounts."""
    entries: list[Entry] = field(default_factory=list)

    def demand(self, action: str) -> None:
        """Raises HinderedError if something hinders the action."""
        demand(action, self.case, self.reader)

    def demand_past(self, at: datetime, since: datetime, name: str) -> None:
        """Raises HinderedError if a moment lies in the future, or before what it follows."""
        if not since <= at <= self.now:
            raise HinderedError("wrong-time", name)

    async def add(self, table: Table, **values: object) -> None:
        """A row of this item."""
        await self.connection.execute(table.insert(), [{"item_id": self.case.item.id, **values}])

    async def record(self, kind: str, detail: Mapping[str, object], **changes: object) -> None:
        """One event of the history, the same for the audit trail, and the item with its changes and next version."""
        item = self.case.item
        await self.add(
            item_events,
            at=self.now,
            kind=kind,
            actor=self.reader.subject,
            revision=item.revision,
            detail=dict(detail),
        )
        change = {"version": item.version + 1, **changes}
        await self.connection.execute(intake_items.update().where(intake_items.c.id == item.id).values(change))
        told = {"version": item.version + 1, "revision": item.revision, **detail}
        self.entries.append(entry_of(self.reader, kind, "intake-item", item.id, detail=told))

    def due(self) -> datetime:
        """When the thirteen weeks end, with the suspensions that have ended."""
        item = self.case.item
        return due_at(item.clock_started_at or item.received_at, self.case.suspended_spans, self.zone)


def new_id(prefix: str) -> str:
    """`a-` and 32 hexadecimal digits."""
    return f"{prefix}-{secrets.token_hex(16)}"
