"""Stored revisions of pushed signals into the items of the queue: opened, brought up to date, or opened once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.audit.trail import append
from services.api.casework.codes import ENDED
from services.api.casework.deadlines import due_at
from services.api.db.tables import intake_items
from services.api.db.types import AnyRow
from services.api.intake.judge import Verdict
from services.api.intake.looks import new_looks
from services.api.intake.notices import Happening, put_events, tell
from services.api.intake.opening import opened, told_of_next
from services.api.intake.warnings import priority, repeats_of
from services.api.payloads import PushedSignal

FIRST_LOOK = 1
Items = Mapping[str, Sequence[AnyRow]]
"""The items of each signal, the first look first."""


async def put_items(connection: AsyncConnection, pushed: Sequence[Verdict], now: datetime, zone: ZoneInfo) -> None:
    """Opens, changes and opens anew, with an event and an entry of the audit trail where work had begun."""
    items = await _items_of(connection, [verdict.signal.signal_id for verdict in pushed])
    repeats = await repeats_of(connection, [verdict.signal for verdict in pushed])
    due = due_at(now, (), zone)
    fresh = [
        opened(_item_row(verdict.signal, repeats), FIRST_LOOK, now, due)
        for verdict in pushed
        if verdict.signal.signal_id not in items
    ]
    known = [verdict for verdict in pushed if verdict.signal.signal_id in items]
    again = await _opened_again(connection, known, items, repeats, now, due)
    if rows := [*fresh, *(row for row, _ in again)]:
        await connection.execute(intake_items.insert(), rows)
    reopened = [happening for _, happening in again]
    await put_events(connection, reopened, now)
    await _change(connection, [_item_row(verdict.signal, repeats) for verdict in known])
    told = await tell(connection, known, items, now, zone)
    await append(connection, [happening.entry for happening in (*told, *reopened)], now)


async def _items_of(connection: AsyncConnection, signal_ids: Sequence[str]) -> Items:
    """Locked in one order: a delivery waits for the decisions that are being taken, and they for it."""
    wanted = intake_items.c.signal_id.in_(signal_ids)
    query = select(intake_items).where(wanted).order_by(intake_items.c.signal_id, intake_items.c.look_number)
    found: dict[str, list[AnyRow]] = {}
    for row in await connection.execute(query.with_for_update()):
        found.setdefault(row.signal_id, []).append(row)
    return found


async def _opened_again(
    connection: AsyncConnection,
    known: Sequence[Verdict],
    items: Items,
    repeats: Mapping[str, int],
    now: datetime,
    due: datetime,
) -> list[tuple[dict[str, object], Happening]]:
    """The next item of each signal whose last one has ended, if there are lookups that no decision was taken on."""
    again = []
    for verdict in known:
        signal, before = verdict.signal, items[verdict.signal.signal_id]
        if before[-1].status not in ENDED or signal.status != "open":
            continue
        if count := await new_looks(connection, signal.lookup_ids, signal.lookup_count, before):
            row = opened(_item_row(signal, repeats), before[-1].look_number + 1, now, due)
            again.append((row, told_of_next(row, verdict.known.revision, count)))
    return again


async def _change(connection: AsyncConnection, rows: Sequence[dict[str, object]]) -> None:
    """Every item of a signal shows what its current revision says."""
    of_signal = intake_items.c.signal_id == bindparam("this")
    change = intake_items.update().where(of_signal).values(version=intake_items.c.version + 1)
    if rows:
        await connection.execute(change, [row | {"this": row["signal_id"]} for row in rows])


def _item_row(signal: PushedSignal, repeats: Mapping[str, int]) -> dict[str, object]:
    again = repeats.get(signal.signal_id, 0)
    return {
        "signal_id": signal.signal_id,
        "rule": signal.rule,
        "priority": priority(signal.score, again),
        "repeats": again,
        "withdrawn": signal.status == "withdrawn",
        "withdrawn_reason": signal.withdrawn_reason,
        "severity": signal.severity,
        "raised_at": signal.raised_at,
    }
