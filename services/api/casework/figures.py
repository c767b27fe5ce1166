"""The items and clocks of all casework into counts: for metrics, and for those who lead it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FromClause, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.access import Reader
from services.api.audience import items_for
from services.api.casework import codes
from services.api.casework.deadlines import INVESTIGATION_DAYS, working_days
from services.api.db.casework import data_breaches, outcomes
from services.api.db.tables import intake_items
from services.api.db.types import AnyRow
from services.core.calendar import AgencyCalendar
from services.core.wire import to_wire

LOOKED_BACK = timedelta(days=365)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Waiting:
    """What waits and runs at this moment; a first end is null where no clock runs."""

    second_assessment: int
    settlement: int
    confirmation: int
    overdue: int
    first_due: datetime | None
    breaches_running: int
    breaches_overdue: int
    first_breach_due: datetime | None


async def waiting(connection: AsyncConnection, now: datetime, *seen: ColumnElement[bool]) -> Waiting:
    """Each a count along an index; `seen` are conditions on `intake_items`."""
    status, due, breach_due = intake_items.c.status, intake_items.c.due_at, data_breaches.c.due_at
    half = status == codes.IN_ASSESSMENT, intake_items.c.assessment_count == 1, *seen
    proposed = outcomes.c.state == "proposed", *_of_items(outcomes, seen)
    undecided = data_breaches.c.decided_at.is_(None), *_of_items(data_breaches, seen)

    return Waiting(
        second_assessment=await _count(connection, intake_items, *half),
        settlement=await _count(connection, intake_items, status == codes.DISPUTED, *seen),
        confirmation=await _count(connection, outcomes, *proposed),
        overdue=await _count(connection, intake_items, due <= now, *seen),
        first_due=await _least(connection, due, *seen),
        breaches_running=await _count(connection, data_breaches, *undecided),
        breaches_overdue=await _count(connection, data_breaches, *undecided, breach_due < now),
        first_breach_due=await _least(connection, breach_due, *undecided),
    )


async def first_breach_due(connection: AsyncConnection) -> datetime | None:
    """When the 72 hours that end first are over, whoever the item is for; null where none run."""
    return await _least(connection, data_breaches.c.due_at, data_breaches.c.decided_at.is_(None))


async def casework_figures(
    connection: AsyncConnection, reader: Reader, now: datetime, zone: ZoneInfo
) -> Mapping[str, object]:
    """Of the items that are for the reader's role what waits, what is late, and how long investigations took.

    Those of the last 365 days; in camelCase.
    """
    seen = items_for(reader.role)
    open_now = await waiting(connection, now, seen)
    by_status = select(intake_items.c.status, func.count().label("number")).where(seen).group_by(intake_items.c.status)
    counted = {row.status: row.number for row in await connection.execute(by_status)}
    return {
        "items": {status: counted.get(status, 0) for status in codes.ITEM_STATUSES},
        **{str(name): value for name, value in _wire(open_now).items()},
        "leadTime": _lead_time(await _concluded(connection, now, seen), zone),
    }


def _wire(open_now: Waiting) -> Mapping[str, object]:
    told = to_wire(vars(open_now))
    assert isinstance(told, dict)  # noqa: S101 - a mapping stays one
    return told


def _of_items(table: Table, seen: Sequence[ColumnElement[bool]]) -> Sequence[ColumnElement[bool]]:
    return [table.c.item_id.in_(select(intake_items.c.id).where(*seen))] if seen else []


async def _least(
    connection: AsyncConnection, column: ColumnElement[datetime], *conditions: ColumnElement[bool]
) -> datetime | None:
    found: datetime | None = (await connection.execute(select(func.min(column)).where(*conditions))).scalar_one()
    return found


async def _count(connection: AsyncConnection, table: FromClause, *conditions: ColumnElement[bool]) -> int:
    counted = select(func.count()).select_from(table).where(*conditions)
    return int((await connection.execute(counted)).scalar_one())


async def _concluded(connection: AsyncConnection, now: datetime, seen: ColumnElement[bool]) -> Sequence[AnyRow]:
    ended = intake_items.c.status == codes.CONCLUDED, intake_items.c.closed_at > now - LOOKED_BACK, seen
    return (await connection.execute(select(intake_items.c.received_at, intake_items.c.closed_at).where(*ended))).all()


def _lead_time(rows: Sequence[AnyRow], zone: ZoneInfo) -> Mapping[str, object]:
    """From receipt of the report to the report sent, suspensions included, as the annual report counts it."""
    if not rows:
        return {"investigations": 0, "averageWeeks": None, "averageWorkingDays": None, "withinThirteenWeeks": 0}
    calendar = AgencyCalendar(zone.key)
    days = [working_days(row.received_at, row.closed_at, zone, calendar) for row in rows]
    spans = [row.closed_at - row.received_at for row in rows]
    return {
        "investigations": len(rows),
        "averageWeeks": round(sum(spans, timedelta()) / WEEK / len(rows), 1),
        "averageWorkingDays": round(sum(days) / len(rows)),
        "withinThirteenWeeks": sum(span <= timedelta(days=INVESTIGATION_DAYS) for span in spans),
    }
