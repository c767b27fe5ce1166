"""Signals from the tables: lists by rank, one signal, its evidence and its revisions."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Column, ColumnElement, Text, cast, select
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
TOLD = (*SHOWN[:-1], signals.c.content_hash, cast(signals.c.body, Text).label("told"))
"""The same with the body as text, for those who pass it on unread."""
SEEN = (signals.c.signal_id, signals.c.revision, signals.c.content_hash, signals.c.as_of, signals.c.received_at)
"""What decides how a signal is told: nothing else of it changes alone."""
REVISIONS_SHOWN = 50
COMPLETE = '{"receivedAt"'
"""How a stored body begins that holds what the API knows beside the delivery."""
NOT_TOLD_ONCE: Mapping[str, object] = {
    "comparison": [],
    "dataCategories": None,
    "sharedCount": None,
    "settingsHash": None,
}
"""What signals of earlier releases do not tell."""


FILTERS: Mapping[str, tuple[Column[Any], Callable[[Any, Any], Any]]] = {
    **{name: (signals.c[name], operator.eq) for name in ("rule", "rule_class", "severity", "status", "parent_id")},
    "min_score": (signals.c.score, operator.ge),
    "raised_from": (signals.c.raised_at, operator.ge),
    "raised_to": (signals.c.raised_at, operator.lt),
}
"""Parameter of SignalQuery to what it is compared with."""


class Seen(NamedTuple):
    """A row of SEEN."""

    signal_id: str
    revision: int
    content_hash: str
    as_of: datetime
    received_at: datetime


class Told(NamedTuple):
    """A row of TOLD."""

    signal_id: str
    rule: str
    revision: int
    as_of: datetime
    pushed: bool
    score: float
    received_at: datetime
    content_hash: str
    told: str

    @property
    def seen(self) -> Seen:
        """The same row as SEEN."""
        return Seen(self.signal_id, self.revision, self.content_hash, self.as_of, self.received_at)


def evidence_listing(signal_id: str) -> Listing:
    """The order of one signal's evidence; cursors of another signal do not open it."""
    return Listing(f"lookups|{signal_id}", (Order(evidence.c.position, int),))


def signals_like(query: SignalQuery, seen_by: Sequence[ColumnElement[bool]] = ()) -> AnySelect:
    """The signals that a query asks for; `seen_by` are further conditions on them."""
    return signals_where(filters_of(query), seen_by, pushed=query.pushed)


def filters_of(query: SignalQuery) -> dict[str, object]:
    """The filters that were given."""
    return {name: wanted for name in FILTERS if (wanted := getattr(query, name)) is not None}


def signals_where(
    filters: Mapping[str, object], seen_by: Sequence[ColumnElement[bool]] = (), *, pushed: bool
) -> AnySelect:
    """The signals that meet these filters, whose values may be names that the statement gets when it is executed."""
    conditions = [compare(column, filters[name]) for name, (column, compare) in FILTERS.items() if name in filters]
    return signals_told(signals.c.pushed == pushed, *conditions, *seen_by)


def signals_told(*conditions: ColumnElement[bool]) -> AnySelect:
    """The signals that meet these conditions."""
    return select(*TOLD).where(*conditions)


async def find_signal(
    connection: AsyncConnection, signal_id: str, seen_by: Sequence[ColumnElement[bool]] = ()
) -> AnyRow | None:
    """The current revision of one signal, if it meets the conditions."""
    shown = select(*SHOWN, TOLD[-1]).where(signals.c.signal_id == signal_id, *seen_by)
    return (await connection.execute(shown)).one_or_none()


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


def body_of(columns: Mapping[str, object], revision: int, received_at: datetime, *, pushed: bool) -> object:
    """A delivered signal as it is stored and told, on the wire; what marks it as such comes first."""
    return to_wire({"received_at": received_at, **columns, "revision": revision, "pushed": pushed})


def as_json(row: Told | AnyRow) -> str:
    """Like `as_answer`, in JSON, of a row that holds TOLD: what was delivered is copied unread.

    But for what an earlier release stored, as it was delivered: the columns know some of it better.
    """
    told: str = row.told
    if told.startswith(COMPLETE):
        return told
    parts = msgspec.json.decode(told, type=dict[str, msgspec.Raw])
    return msgspec.json.encode({**NOT_TOLD_ONCE, **parts, **_known_here(row)}).decode()


def as_answer(row: AnyRow) -> Mapping[str, object]:
    """A signal as the API shows it: what was delivered, and what the API knows beside it."""
    body: Mapping[str, object] = row.body
    return {
        **NOT_TOLD_ONCE,
        **body,
        **_known_here(row),
    }


def _known_here(row: Told | AnyRow) -> Mapping[str, object]:
    return {
        "asOf": to_wire(row.as_of),
        "pushed": row.pushed,
        "revision": row.revision,
        "receivedAt": to_wire(row.received_at),
    }
