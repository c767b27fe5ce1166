"""A signal that is withdrawn, or comes back, into what its items show of it, and what must be done again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.audit.entries import Entry
from services.api.casework import codes
from services.api.casework.deadlines import due_at
from services.api.db.casework import item_events
from services.api.db.tables import intake_items
from services.api.db.types import AnyRow
from services.api.intake.judge import Verdict

INTAKE = "system:intake"
"""Who did it in the audit trail: a revision that was delivered, and nobody."""


@dataclass(frozen=True)
class Happening:
    """What a revision did to an item."""

    item_id: str
    kind: str
    revision: int
    detail: Mapping[str, object]

    @property
    def entry(self) -> Entry:
        """The same for the audit trail."""
        detail = {"revision": self.revision, **self.detail}
        return Entry(INTAKE, "system", self.kind, "intake-item", self.item_id, detail=detail)


async def tell(
    connection: AsyncConnection,
    known: Sequence[Verdict],
    items: Mapping[str, Sequence[AnyRow]],
    now: datetime,
    zone: ZoneInfo,
) -> list[Happening]:
    """Marks the items whose signal changed between open and withdrawn; `items` are as they were before."""
    told = []
    for verdict in known:
        withdrawn = verdict.signal.status == "withdrawn"
        for item in items[verdict.signal.signal_id]:
            if item.withdrawn != withdrawn:
                told.append(_happening(verdict, item))
                if changes := _changes(item, now, zone, withdrawn=withdrawn):
                    this = intake_items.update().where(intake_items.c.id == item.id)
                    await connection.execute(this.values(changes))
    await put_events(connection, told, now)
    return told


async def put_events(connection: AsyncConnection, happenings: Sequence[Happening], now: datetime) -> None:
    """One event each, of nobody."""
    rows = [{"at": now, "actor": None, **vars(happening)} for happening in happenings]
    if rows:
        await connection.execute(item_events.insert(), rows)


def _happening(verdict: Verdict, item: AnyRow) -> Happening:
    kind = codes.WITHDRAWN_EVENT if verdict.signal.status == "withdrawn" else codes.REOPENED_EVENT
    opened = item.status != codes.RECEIVED
    detail = {"opened": opened, "status": item.status, "anew": _is_half_assessed(item)}
    return Happening(item.id, kind, verdict.known.revision, detail)


def _changes(item: AnyRow, now: datetime, zone: ZoneInfo, *, withdrawn: bool) -> dict[str, object]:
    """An untouched item loses its clock, and gets a new one; half an assessment begins anew, as both judge the same."""
    if item.status == codes.RECEIVED:
        return {"due_at": None} if withdrawn else {"clock_started_at": now, "due_at": due_at(now, (), zone)}
    if _is_half_assessed(item):
        return {"round": item.round + 1, "assessment_count": 0}
    return {}


def _is_half_assessed(item: AnyRow) -> bool:
    return bool(item.status == codes.IN_ASSESSMENT and item.assessment_count)
