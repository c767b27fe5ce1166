"""Warnings that are in force into what they add to the priority of the signals of the same employee.

The detector knows no warnings and its scores never change here; the priority of an item is the score and this.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.audit.entries import Entry, Subject, entry_of
from services.api.db.tables import evidence, intake_items, signals, warnings
from services.api.db.types import AnyRow
from services.api.payloads import PushedSignal
from services.core.wire import to_wire

WARNING_REASONS = ("unlawful-consultation", "unlawful-use", "unlawful-sharing", "careless-handling", "other")
"""What a warning was about: the kinds of misuse of information in the annual report on integrity (2024)."""
REPEAT_POINTS = 20.0
"""A repeat is a sanction factor of its own (code of conduct 2021, chapter 8); two thirds of the way from medium to high
severity."""
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Warned:
    """A warning to record."""

    employee_id: str
    given_at: datetime
    until: datetime
    reason: str


@dataclass(frozen=True)
class Recorded:
    """A warning that was stored; by signal the rule of those whose items have another priority since.

    `entry` is for the audit trail, to be appended in the same transaction.
    """

    warning_id: str
    rules: Mapping[str, str]
    entry: Entry


def priority(score: float, repeats: int) -> float:
    """What the queue is sorted by; above 100 where a high score repeats after a warning."""
    return score + (REPEAT_POINTS if repeats else 0.0)


def priority_factors(score: object, repeats: int) -> list[Mapping[str, object]]:
    """What a priority is made of; the points add up to it."""
    factors: list[Mapping[str, object]] = [{"factor": "score", "value": f"{score}", "points": score}]
    if repeats:
        factors.append({"factor": "repeat-after-warning", "value": f"{repeats}", "points": REPEAT_POINTS})
    return factors


async def repeats_of(connection: AsyncConnection, pushed: Sequence[PushedSignal]) -> dict[str, int]:
    """By signal: how many lookups of its evidence came while a warning of the employee was in force."""
    spans = await _spans(connection, {signal.employee_id for signal in pushed if signal.employee_id})
    return {
        signal.signal_id: _within((lookup.occurred_at for lookup in signal.evidence), spans.get(signal.employee_id, []))
        for signal in pushed
        if signal.employee_id
    }


async def record_warning(connection: AsyncConnection, warned: Warned, reader: Subject, now: datetime) -> Recorded:
    """Stores a warning, and gives the items of the employee the priority that follows from it.

    Raises IntegrityError if this employee was given the same warning at that moment already.
    """
    warning_id = f"w-{secrets.token_hex(16)}"
    told = {"id": warning_id, "recorded_by": reader.subject, "recorded_at": now}
    await connection.execute(warnings.insert(), [vars(warned) | told])
    changed = await _reorder(connection, warned.employee_id)
    detail = {
        "warning": warning_id,
        "givenAt": to_wire(warned.given_at),
        "until": to_wire(warned.until),
        "reason": warned.reason,
        "items": [item.id for item in changed],
    }
    entry = entry_of(reader, "record-warning", "employee", warned.employee_id, detail=detail)
    return Recorded(warning_id, {item.signal_id: item.rule for item in changed}, entry)


async def _reorder(connection: AsyncConnection, employee_id: str) -> list[AnyRow]:
    """Gives the items of an employee's signals the priority that the warnings ask for; those that changed."""
    spans = (await _spans(connection, {employee_id}))[employee_id]
    columns = *(intake_items.c[name] for name in ("id", "signal_id", "rule", "repeats")), signals.c.score
    items = select(*columns).join(signals, signals.c.signal_id == intake_items.c.signal_id)
    changed = []
    in_order = items.where(signals.c.employee_id == employee_id).order_by(intake_items.c.id)
    for item in (await connection.execute(in_order)).all():
        rows = select(evidence.c.body).where(evidence.c.signal_id == item.signal_id)
        bodies = (await connection.execute(rows)).scalars()
        repeats = _within((datetime.fromisoformat(body["occurredAt"]) for body in bodies), spans)
        if repeats != item.repeats:
            values = {"repeats": repeats, "priority": priority(item.score, repeats)}
            this = intake_items.update().where(intake_items.c.id == item.id)
            await connection.execute(this.values(version=intake_items.c.version + 1, **values))
            changed.append(item)
    return changed


async def _spans(connection: AsyncConnection, employees: set[str]) -> dict[str | None, list[Span]]:
    """From when until when each employee's warnings are in force."""
    columns = warnings.c.employee_id, warnings.c.given_at, warnings.c.until
    found: dict[str | None, list[Span]] = {}
    for employee, given_at, until in await connection.execute(
        select(*columns).where(warnings.c.employee_id.in_(sorted(employees)))
    ):
        found.setdefault(employee, []).append((given_at, until))
    return found


def _within(moments: Iterable[datetime], spans: Sequence[Span]) -> int:
    return sum(any(start <= at < end for start, end in spans) for at in moments)
