"""Reveals from the tables: lists, and one as the API shows it; never what was revealed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.access import Reader
from services.api.casework.case import awaiting
from services.api.cursors import Order
from services.api.db.tables import intake_items, signals
from services.api.db.types import AnyRow, AnySelect
from services.api.db.vault import reveals
from services.api.need_to_know import Conditions
from services.api.paging import Listing
from services.api.vault.forms import RevealQuery
from services.core.wire import to_wire

NEWEST_FIRST = Listing("reveals", (Order(reveals.c.asked_at, datetime, descending=True), Order(reveals.c.id, str)))
HOLDS = timedelta(hours=72)
"""How long a request may be approved and opened: over a weekend."""
_WITH_SIGNALS = reveals.join(intake_items, intake_items.c.id == reveals.c.item_id).join(
    signals, signals.c.signal_id == intake_items.c.signal_id
)
HIDDEN = frozenset({"kind", "pseudonym"})


def reveals_like(query: RevealQuery, reader: Reader, seen: Conditions, now: datetime) -> AnySelect:
    """Everybody's that wait for approval, or the reader's own; each with its signal, which the reader may see.

    Of an item that the reader may yet assess only the own: who asks, and why, could tell what another thinks of it.
    """
    mine = reveals.c.asked_by == reader.subject
    wanted = select(reveals, signals.c.signal_id).select_from(_WITH_SIGNALS).where(*seen)
    if query.status == "pending":
        return wanted.where(*_waiting(now), or_(mine, ~awaiting(reader)))
    own = wanted.where(mine)
    return own if query.status is None else own.where(reveals.c.status == query.status)


async def count_waiting(connection: AsyncConnection, now: datetime, *seen: ColumnElement[bool]) -> int:
    """How many requests wait for another person's approval; `seen` are conditions on `intake_items`."""
    of_items = reveals.c.item_id.in_(select(intake_items.c.id).where(*seen))
    counted = select(func.count()).select_from(reveals).where(*_waiting(now), of_items)
    return int((await connection.execute(counted)).scalar_one())


def as_answer(row: AnyRow) -> Mapping[str, object]:
    """A request as the API shows it."""
    told = {column.name: getattr(row, column.name) for column in reveals.columns if column.name not in HIDDEN}
    shown = to_wire(told | {"holds_until": row.asked_at + HOLDS})
    assert isinstance(shown, dict)  # noqa: S101 - a mapping becomes one
    return shown


def _waiting(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return reveals.c.status == "pending", reveals.c.asked_at > now - HOLDS
