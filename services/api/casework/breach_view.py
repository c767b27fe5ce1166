"""A referred data breach into its clock, and the facts that a notification needs with what the evidence tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.access import Reader
from services.api.casework.breaches import FACTS, NEEDED
from services.api.casework.case import Case
from services.api.db.tables import evidence
from services.api.db.types import AnyRow
from services.core.wire import camel, to_wire

REFERRAL = ("id", "known_at", "due_at", "referred_by", "referred_at")
DECISION = ("decision", "notified_at", "delay_reason", "reason", "motivation", "decided_by", "decided_at")
CORRECTION = ("number", "known_before", "known_at", "reason", "corrected_by", "corrected_at")
WRITTEN = frozenset({"referred_by", "delay_reason", "reason", "motivation", "decided_by", "corrected_by"})
"""What tells who is at work on an item, and what they think of it."""
BY = ("referred_by", "decided_by", "corrected_by")


async def breach_view(
    connection: AsyncConnection, case: Case, reader: Reader, now: datetime
) -> Mapping[str, object] | None:
    """Null where none was referred. What was stated goes before what the evidence suggests; both are told.

    Clocks, numbers and what is missing are for everybody; who wrote what is not for a reader who may yet assess the
    item, unless it was the reader.
    """
    breach, last = case.breach, case.breach_decision
    if breach is None:
        return None
    hides = case.awaits(reader)
    others = any(not _is_own(row, reader) for row in (breach, *case.breach_decisions, *case.breach_corrections))
    stated = {camel(name): breach.facts.get(name) for name in FACTS}
    if hides and any(not _is_own(row, reader) for row in (breach, *case.breach_decisions)):
        stated |= dict.fromkeys(NEEDED)
    running = last is None
    late = last is not None and is_late(last.notified_at, breach.due_at)
    missing = [name for name in NEEDED if breach.facts.get(name) is None]
    unexplained = late and last is not None and last.delay_reason is None
    return {
        **_told(breach, REFERRAL, reader, hides=hides),
        **(dict.fromkeys(map(camel, DECISION)) if last is None else _told(last, DECISION, reader, hides=hides)),
        "running": running,
        "overdue": running and breach.due_at < now,
        "late": late,
        "secondsLeft": int((breach.due_at - now).total_seconds()) if running else None,
        "decisions": [_told(row, ("number", *DECISION), reader, hides=hides) for row in case.breach_decisions],
        "corrections": [_told(row, CORRECTION, reader, hides=hides) for row in case.breach_corrections],
        "stated": stated,
        "fromEvidence": await suggested_facts(connection, case),
        "missing": [*missing, "delayReason"] if unexplained else missing,
        "withheld": hides and others,
    }


def is_late(notified_at: datetime | None, due_at: datetime) -> bool:
    """Whether the authority was notified after the 72 hours, as they are known to have run."""
    return notified_at is not None and notified_at > due_at


def _is_own(row: AnyRow, reader: Reader) -> bool:
    return any(getattr(row, name, None) == reader.subject for name in BY)


def _told(row: AnyRow, names: Sequence[str], reader: Reader, *, hides: bool) -> dict[str, object]:
    hidden = WRITTEN if hides and not _is_own(row, reader) else frozenset()
    return {camel(name): None if name in hidden else to_wire(getattr(row, name)) for name in names}


async def suggested_facts(connection: AsyncConnection, case: Case) -> Mapping[str, object]:
    """About how many people, records and which categories (AVG art. 33(3)(a)), as far as the evidence tells."""
    body = case.item.body
    rows = select(evidence.c.body).where(evidence.c.signal_id == case.item.signal_id)
    lookups = (await connection.execute(rows)).scalars().all()
    records = [lookup["recordCount"] for lookup in lookups if lookup["recordCount"] is not None]
    return {
        "persons": None if body["subject"] is None else 1,
        "records": sum(records),
        "lookupsThatTellNoRecords": len(lookups) - len(records),
        "categories": sorted({name for lookup in lookups for name in lookup["dataCategories"] or ()}),
        "firstLookupAt": body["firstLookupAt"],
        "lastLookupAt": body["lastLookupAt"],
    }
