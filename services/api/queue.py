"""The intake queue from the tables: what awaits an investigator, most urgent first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, false, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.access import Reader
from services.api.cursors import Order
from services.api.db.casework import assignments
from services.api.db.tables import intake_items, signals
from services.api.db.types import AnyRow, AnySelect
from services.api.intake.warnings import priority_factors
from services.api.paging import Listing
from services.api.queries import IntakeItemQuery
from services.core.wire import to_wire

BY_PRIORITY = Listing(
    "intake-items",
    (
        Order(intake_items.c.priority, float, descending=True),
        Order(intake_items.c.received_at, datetime),
        Order(intake_items.c.id, str),
    ),
)
OF_SIGNAL = ("employeeId", "subject", "severity", "score", "raisedAt", "lookupCount", "momentCount", "dayCount")
"""What an item shows of its signal."""


def items_like(
    query: IntakeItemQuery, reader: Reader, now: datetime, seen_by: Sequence[ColumnElement[bool]] = ()
) -> AnySelect:
    """The items that a query asks for, each with its signal and whether the reader works on it.

    `seen_by` are further conditions on the signal.
    """
    mine = worked_on_by(reader.subject)
    conditions = [*_conditions(query), *_clock_conditions(query, now), *seen_by]
    if query.assigned_to_me is not None:
        conditions.append(mine if query.assigned_to_me else ~mine)
    return _items().add_columns(mine.label("mine")).where(*conditions)


def _conditions(query: IntakeItemQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        column == wanted
        for column, wanted in (
            (intake_items.c.rule, query.rule),
            (intake_items.c.severity, query.severity),
            (intake_items.c.status, query.status),
            (intake_items.c.withdrawn, query.withdrawn),
        )
        if wanted is not None
    ]
    if query.min_priority is not None:
        conditions.append(intake_items.c.priority >= query.min_priority)
    if query.raised_from is not None:
        conditions.append(intake_items.c.raised_at >= query.raised_from)
    if query.raised_to is not None:
        conditions.append(intake_items.c.raised_at < query.raised_to)
    return conditions


def _clock_conditions(query: IntakeItemQuery, now: datetime) -> list[ColumnElement[bool]]:
    """`due_at` is null where the clock stands still or has ended, and such an item is not overdue."""
    conditions: list[ColumnElement[bool]] = []
    if query.due_before is not None:
        conditions.append(intake_items.c.due_at < query.due_before)
    if query.overdue is not None:
        late = func.coalesce(intake_items.c.due_at <= now, false())
        conditions.append(late if query.overdue else ~late)
    return conditions


def worked_on_by(subject: str) -> ColumnElement[bool]:
    """Whether an account works on the item of the query."""
    return exists().where(
        assignments.c.item_id == intake_items.c.id,
        assignments.c.assignee == subject,
        assignments.c.released_at.is_(None),
    )


async def find_item(connection: AsyncConnection, item_id: str) -> AnyRow | None:
    """One item of the queue."""
    return (await connection.execute(_items().where(intake_items.c.id == item_id))).one_or_none()


async def item_of(connection: AsyncConnection, signal_id: str) -> AnyRow | None:
    """The newest item of a signal; null where it was not pushed."""
    of_signal = _items().where(intake_items.c.signal_id == signal_id).order_by(intake_items.c.look_number.desc())
    return (await connection.execute(of_signal.limit(1))).one_or_none()


def _items() -> AnySelect:
    return select(intake_items, signals.c.body, signals.c.revision).join(
        signals, signals.c.signal_id == intake_items.c.signal_id
    )


def as_answer(row: AnyRow, *, mine: bool) -> Mapping[str, object]:
    """An item as the API shows it to a reader who works on it, or does not."""
    body: Mapping[str, object] = row.body
    return {
        "id": row.id,
        "signalId": row.signal_id,
        "lookNumber": row.look_number,
        "version": row.version,
        "status": row.status,
        "reason": row.reason,
        "mine": mine,
        "assessmentCount": row.assessment_count,
        "dueAt": to_wire(row.due_at),
        "closedAt": to_wire(row.closed_at),
        "dataBreachDueAt": to_wire(row.breach_due_at),
        "priority": row.priority,
        "priorityFactors": [to_wire(factor) for factor in priority_factors(body["score"], row.repeats)],
        "rule": row.rule,
        "withdrawn": row.withdrawn,
        "withdrawnReason": row.withdrawn_reason,
        "receivedAt": to_wire(row.received_at),
        **{name: body[name] for name in OF_SIGNAL},
    }
