"""Deeds into what the tables know of the signals, items and people that they concern."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Column, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.db.casework import assignments, item_events
from services.api.db.tables import intake_items, signal_revisions, signals
from services.api.db.types import AnyRow, AnySelect
from services.api.readers.deeds import Deed
from services.api.readers.ground import Known, Parent
from services.api.readers.histories import TELLING, Event, History

AT_ONCE = 1_000
"""Values of one condition: SQLite and PostgreSQL take some ten thousand parameters."""


async def known_of(connection: AsyncConnection, deeds: Sequence[Deed]) -> Known:
    """All that `Known` needs for these deeds, in a handful of queries however many there are."""
    looks = [look for deed in deeds for look in deed.looks]
    viewed = {look.signal_id for look in looks if look.signal_id}
    parents = await _parents(connection, viewed)
    above = {parent for told in parents.values() for _, parent in told if parent}
    people = {
        row.signal_id: (row.employee_id, row.subject)
        for row in await _rows(connection, select(signals.c.signal_id, *WHO), signals.c.signal_id, viewed)
    }
    named = {who for pair in people.values() for who in pair if who} | {look.person for look in looks if look.person}
    of_signals = await _rows(
        connection, ITEMS, intake_items.c.signal_id, viewed | above | {look.beside for look in looks if look.beside}
    )
    revealed = await _rows(connection, ITEMS, intake_items.c.id, {look.item_id for look in looks if look.item_id})
    worked = await _worked_on(connection, {deed.actor for deed in deeds}, named)
    items = await _histories(connection, [*of_signals, *revealed, *worked])
    of_signal: dict[str, list[History]] = {}
    for row in sorted(of_signals, key=lambda each: -each.look_number):
        of_signal.setdefault(row.signal_id, []).append(items[row.id])
    about: dict[tuple[str, str], list[History]] = {}
    for row in worked:
        for who in {row.employee_id, row.subject} & named:
            about.setdefault((row.assignee, who), []).append(items[row.id])
    return Known(people, parents, items, of_signal, about)


WHO = (signals.c.employee_id, signals.c.subject)
ITEM = (intake_items.c.id, intake_items.c.signal_id, intake_items.c.look_number, intake_items.c.received_at)
ITEMS = select(*ITEM)


async def _rows(
    connection: AsyncConnection, query: AnySelect, column: Column[str], values: Iterable[str]
) -> list[AnyRow]:
    """The rows with one of these values, whatever their number."""
    found: list[AnyRow] = []
    for some in _in_parts(values):
        found += await connection.execute(query.where(column.in_(some)))
    return found


def _in_parts(values: Iterable[str]) -> Iterator[list[str]]:
    wanted = sorted(values)
    return (wanted[first : first + AT_ONCE] for first in range(0, len(wanted), AT_ONCE))


async def _parents(connection: AsyncConnection, signal_ids: Iterable[str]) -> dict[str, list[Parent]]:
    """Under which signal each revision put its signal, the first revision first."""
    parent = signal_revisions.c.body["parentId"].as_string().label("parent_id")
    query = select(signal_revisions.c.signal_id, signal_revisions.c.revision, signal_revisions.c.received_at, parent)
    rows = await _rows(connection, query, signal_revisions.c.signal_id, signal_ids)
    found: dict[str, list[Parent]] = {}
    for row in sorted(rows, key=lambda each: (each.signal_id, each.revision)):
        found.setdefault(row.signal_id, []).append((row.received_at, row.parent_id))
    return found


async def _worked_on(connection: AsyncConnection, actors: Iterable[str], people: Iterable[str]) -> list[AnyRow]:
    """Items about these people that these accounts were ever on; `assignments` keeps who was released too."""
    of_item = intake_items.c.id == assignments.c.item_id
    query = select(*ITEM, assignments.c.assignee, *WHO)
    query = query.select_from(assignments.join(intake_items, of_item).join(signals))
    query = query.where(assignments.c.assignee.in_(sorted(actors)))
    found: dict[tuple[str, str], AnyRow] = {}
    for some in _in_parts(people):
        rows = await connection.execute(query.where(or_(*(column.in_(some) for column in WHO))))
        found |= {(row.assignee, row.id): row for row in rows}
    return sorted(found.values(), key=lambda row: (row.received_at, row.id), reverse=True)


async def _histories(connection: AsyncConnection, items: Sequence[AnyRow]) -> dict[str, History]:
    query = select(item_events).where(item_events.c.kind.in_(sorted(TELLING)))
    rows = await _rows(connection, query, item_events.c.item_id, {row.id for row in items})
    events: dict[str, list[Event]] = {}
    for row in sorted(rows, key=lambda each: each.id):
        told = Event(row.at, row.kind, row.actor, row.detail.get("status"), row.detail.get("assignee"))
        events.setdefault(row.item_id, []).append(told)
    return {row.id: History(row.id, row.received_at, events.get(row.id, [])) for row in items}
