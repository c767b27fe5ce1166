"""Signals from the tables: lists by rank, one signal, its evidence and its revisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import ColumnElement, Text, cast, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.cursors import Order
from services.api.db.tables import evidence, signal_revisions, signals
from services.api.db.types import AnyRow, AnySelect
from services.api.paging import Listing
from services.api.queries import SignalQuery
from services.core.wire import to_wire

BY_RANK = Listing("signals", (Order(signals.c.score, float, descending=True), Order(signals.c.signal_id, str)))
SHOWN = (
    signals.c.signal_id,
    signals.c.rule,
    signals.c.revision,
    signals.c.as_of,
    signals.c.pushed,
    signals.c.score,
    signals.c.received_at,
    signals.c.body,
)
TOLD = (*SHOWN[:-1], cast(signals.c.body, Text).label("told"))
"""The same with the body as it was received, for those who pass it on unread."""
REVISIONS_SHOWN = 50
NOT_TOLD_ONCE: Mapping[str, object] = {
    "comparison": [],
    "dataCategories": None,
    "sharedCount": None,
    "settingsHash": None,
}
"""What signals of earlier releases do not tell."""


def evidence_listing(signal_id: str) -> Listing:
    """The order of one signal's evidence; cursors of another signal do not open it."""
    return Listing(f"lookups|{signal_id}", (Order(evidence.c.position, int),))


def signals_like(query: SignalQuery, seen_by: Sequence[ColumnElement[bool]] = ()) -> AnySelect:
    """The signals that a query asks for; `seen_by` are further conditions on them."""
    return select(*TOLD).where(*_conditions(query), *seen_by)


def _conditions(query: SignalQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [signals.c.pushed == query.pushed]
    for column, wanted in (
        (signals.c.rule, query.rule),
        (signals.c.rule_class, query.rule_class),
        (signals.c.severity, query.severity),
        (signals.c.status, query.status),
        (signals.c.parent_id, query.parent_id),
    ):
        if wanted is not None:
            conditions.append(column == wanted)
    if query.min_score is not None:
        conditions.append(signals.c.score >= query.min_score)
    if query.raised_from is not None:
        conditions.append(signals.c.raised_at >= query.raised_from)
    if query.raised_to is not None:
        conditions.append(signals.c.raised_at < query.raised_to)
    return conditions


async def find_signal(
    connection: AsyncConnection, signal_id: str, seen_by: Sequence[ColumnElement[bool]] = ()
) -> AnyRow | None:
    """The current revision of one signal, if it meets the conditions."""
    return (await connection.execute(select(*SHOWN).where(signals.c.signal_id == signal_id, *seen_by))).one_or_none()


def evidence_of(signal_id: str) -> AnySelect:
    """The lookups that a signal rests on."""
    return select(evidence.c.position, evidence.c.body).where(evidence.c.signal_id == signal_id)


async def latest_revisions(connection: AsyncConnection, signal_id: str) -> Sequence[AnyRow]:
    """The newest revisions of a signal, newest first, at most `REVISIONS_SHOWN`."""
    of_signal = signal_revisions.c.signal_id == signal_id
    newest = signal_revisions.c.revision.desc()
    return (
        await connection.execute(select(signal_revisions).where(of_signal).order_by(newest).limit(REVISIONS_SHOWN))
    ).all()


def as_told(row: AnyRow) -> Mapping[str, object]:
    """Like `as_answer`, of a row that holds TOLD: what does not change is copied, not parsed and written again."""
    return {**NOT_TOLD_ONCE, **msgspec.json.decode(row.told, type=dict[str, msgspec.Raw]), **_known_here(row)}


def as_answer(row: AnyRow) -> Mapping[str, object]:
    """A signal as the API shows it: what was delivered, and what the API knows beside it."""
    body: Mapping[str, object] = row.body
    return {
        **NOT_TOLD_ONCE,
        **body,
        **_known_here(row),
    }


def _known_here(row: AnyRow) -> Mapping[str, object]:
    return {
        "asOf": to_wire(row.as_of),
        "pushed": row.pushed,
        "revision": row.revision,
        "receivedAt": to_wire(row.received_at),
    }
