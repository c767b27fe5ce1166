"""Judged signals into the tables, in the transaction of the caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.db.tables import evidence, signal_people, signal_revisions, signals
from services.api.intake.items import put_items
from services.api.intake.judge import Known, Verdict, judge_batch
from services.api.payloads import PushedSignal
from services.api.signals import body_of
from services.core.wire import to_wire


async def receive(
    connection: AsyncConnection, batch: Sequence[PushedSignal], now: datetime, zone: ZoneInfo
) -> list[Verdict]:
    """Judge and store a batch; a verdict per signal, in order. Deadlines are those of the agency's days."""
    known = await _known(connection, [signal.signal_id for signal in batch])
    verdicts = judge_batch(batch, known)
    latest = {verdict.signal.signal_id: verdict.known for verdict in verdicts}
    stored = [verdict for verdict in verdicts if verdict.result == "stored"]
    current = {verdict.signal.signal_id: verdict for verdict in stored}
    await _put_signals(connection, current, known, latest, now)
    await _add_revisions(connection, stored, now)
    await _replace_evidence(connection, [verdict.signal for verdict in current.values()])
    await put_items(connection, [verdict for verdict in current.values() if verdict.known.pushed], now, zone)
    return verdicts


async def _known(connection: AsyncConnection, signal_ids: Sequence[str]) -> dict[str, Known]:
    columns = signals.c.signal_id, signals.c.revision, signals.c.content_hash, signals.c.as_of, signals.c.pushed
    # in one order, so that two deliveries that lock the same signals wait for each other instead of forever
    query = select(*columns).where(signals.c.signal_id.in_(signal_ids)).order_by(signals.c.signal_id).with_for_update()
    return {signal_id: Known(*rest) for signal_id, *rest in await connection.execute(query)}


async def _put_signals(
    connection: AsyncConnection,
    current: Mapping[str, Verdict],
    known: Mapping[str, Known],
    latest: Mapping[str, Known],
    now: datetime,
) -> None:
    rows = {signal_id: _signal_row(verdict, latest[signal_id].as_of, now) for signal_id, verdict in current.items()}
    if fresh := [row for signal_id, row in rows.items() if signal_id not in known]:
        await connection.execute(signals.insert(), fresh)
    this = signals.c.signal_id == bindparam("this")
    if changed := [row | {"this": signal_id} for signal_id, row in rows.items() if signal_id in known]:
        await connection.execute(signals.update().where(this), changed)
    told_again = {
        signal_id: after.as_of
        for signal_id, after in latest.items()
        if signal_id not in current and after.as_of > known[signal_id].as_of
    }
    if told_again:
        await connection.execute(signals.update().where(this), await _told_again(connection, told_again))


async def _told_again(connection: AsyncConnection, moments: Mapping[str, datetime]) -> list[dict[str, object]]:
    """What changes of signals whose content was told once more, later."""
    query = select(signals.c.signal_id, signals.c.body).where(signals.c.signal_id.in_(moments))
    return [
        {"this": signal_id, "as_of": moments[signal_id], "body": {**body, "asOf": to_wire(moments[signal_id])}}
        for signal_id, body in await connection.execute(query)
    ]


async def _add_revisions(connection: AsyncConnection, stored: Sequence[Verdict], now: datetime) -> None:
    rows = [
        {
            "signal_id": verdict.signal.signal_id,
            "revision": verdict.known.revision,
            "content_hash": verdict.signal.content_hash,
            "as_of": verdict.signal.as_of,
            "received_at": now,
            "body": to_wire(verdict.signal.columns()),
        }
        for verdict in stored
    ]
    if rows:
        await connection.execute(signal_revisions.insert(), rows)


async def _replace_evidence(connection: AsyncConnection, changed: Sequence[PushedSignal]) -> None:
    signal_ids = [signal.signal_id for signal in changed]
    await connection.execute(evidence.delete().where(evidence.c.signal_id.in_(signal_ids)))
    await connection.execute(signal_people.delete().where(signal_people.c.signal_id.in_(signal_ids)))
    rows = [
        {
            "signal_id": signal.signal_id,
            "position": position,
            "lookup_id": lookup.lookup_id,
            "body": to_wire(lookup.model_dump(by_alias=False)),
        }
        for signal in changed
        for position, lookup in enumerate(signal.evidence)
    ]
    if rows:
        await connection.execute(evidence.insert(), rows)
    people = [
        {"signal_id": signal.signal_id, "pseudonym": name}
        for signal in changed
        for name in sorted(_named_by_evidence_alone(signal))
    ]
    if people:
        await connection.execute(signal_people.insert(), people)


def _named_by_evidence_alone(signal: PushedSignal) -> set[str]:
    """The employees of the lookups where the signal names none, and the persons where it names none."""
    employees = {lookup.employee_id for lookup in signal.evidence} if signal.employee_id is None else set()
    persons = {lookup.subject for lookup in signal.evidence} if signal.subject is None else set()
    return {name for name in employees | persons if name is not None}


def _signal_row(verdict: Verdict, as_of: datetime, now: datetime) -> dict[str, object]:
    """A row of `signals`; the same content may have been told once more, later, in the same batch."""
    signal, known = verdict.signal, verdict.known
    columns = signal.columns() | {"as_of": as_of}
    kept = (
        *("signal_id", "as_of", "rule", "rule_class", "employee_id", "subject", "severity", "status", "score"),
        *("raised_at", "parent_id", "window_start", "window_end"),
    )
    return {name: columns[name] for name in kept} | {
        "revision": known.revision,
        "content_hash": signal.content_hash,
        "pushed": known.pushed,
        "received_at": now,
        "body": body_of(columns, known.revision, now, pushed=known.pushed),
    }
