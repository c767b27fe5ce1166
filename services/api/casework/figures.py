"""The items and clocks of all casework into counts: for metrics, and for those who lead it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FromClause, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.access import Reader
from services.api.casework import codes
from services.api.casework.deadlines import Span, closed_in_time, working_days
from services.api.db.breaches import data_breaches
from services.api.db.casework import outcomes, suspensions
from services.api.db.tables import intake_items
from services.api.need_to_know import counted_items
from services.core.calendar import AgencyCalendar
from services.core.wire import to_wire

LOOKED_BACK = timedelta(days=365)
Investigation = tuple[datetime, datetime, Sequence[Span]]
"""When one began and ended, and when it stood still."""
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
    """Of the items that the reader's lists show what waits, what is late, and how long investigations took.

    Those of the last 365 days; in camelCase. Raises RefusedError where nobody can tell what the reader's interests are.
    """
    seen = await counted_items(connection, reader)
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


async def _concluded(connection: AsyncConnection, now: datetime, seen: ColumnElement[bool]) -> Sequence[Investigation]:
    ended = intake_items.c.status == codes.CONCLUDED, intake_items.c.closed_at > now - LOOKED_BACK, seen
    started = func.coalesce(intake_items.c.clock_started_at, intake_items.c.received_at).label("started_at")
    columns = intake_items.c.id, started, intake_items.c.closed_at
    rows = (await connection.execute(select(*columns).where(*ended))).all()
    of_these = suspensions.c.item_id.in_(select(intake_items.c.id).where(*ended)), suspensions.c.ended_at.is_not(None)
    spans: dict[str, list[Span]] = {}
    for row in await connection.execute(select(suspensions).where(*of_these)):
        spans.setdefault(row.item_id, []).append((row.started_at, row.ended_at))
    return [(row.started_at, row.closed_at, spans.get(row.id, [])) for row in rows]


def _lead_time(ended: Sequence[Investigation], zone: ZoneInfo) -> Mapping[str, object]:
    """From receipt of the report to the report sent, suspensions included, as the annual report counts it.

    Whether it was within thirteen weeks is what the clock of the item tells too.
    """
    if not ended:
        return {"investigations": 0, "averageWeeks": None, "averageWorkingDays": None, "withinThirteenWeeks": 0}
    calendar = AgencyCalendar(zone.key)
    days = [working_days(start, end, zone, calendar) for start, end, _ in ended]
    spans = [end - start for start, end, _ in ended]
    return {
        "investigations": len(ended),
        "averageWeeks": round(sum(spans, timedelta()) / WEEK / len(ended), 1),
        "averageWorkingDays": round(sum(days) / len(ended)),
        "withinThirteenWeeks": sum(closed_in_time(start, end, stood_still, zone) for start, end, stood_still in ended),
    }
