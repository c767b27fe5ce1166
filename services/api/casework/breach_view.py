"""A referred data breach into its clock, and the facts that a notification needs with what the evidence tells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.access import Reader
from services.api.casework.breaches import FACTS, NEEDED
from services.api.casework.case import Case
from services.api.db.tables import evidence
from services.core.wire import camel, to_wire

SHOWN = (
    *("id", "known_at", "due_at", "referred_by", "referred_at", "decision", "notified_at", "delay_reason", "reason"),
    *("decided_by", "decided_at"),
)


WRITTEN = ("referredBy", "decidedBy", "delayReason", "reason")
"""What tells who is at work on an item, and what they think of it."""


async def breach_view(
    connection: AsyncConnection, case: Case, reader: Reader, now: datetime
) -> Mapping[str, object] | None:
    """Null where none was referred. What was stated goes before what the evidence suggests; both are told.

    Clocks, numbers and what is missing are for everybody; who wrote what is not for a reader who may yet assess the
    item, unless it was the reader alone.
    """
    breach = case.breach
    if breach is None:
        return None
    suggested = await suggested_facts(connection, case)
    told: dict[str, object] = {camel(name): to_wire(getattr(breach, name)) for name in SHOWN}
    stated = {camel(name): breach.facts.get(name) for name in FACTS}
    withheld = case.awaits(reader) and bool({breach.referred_by, breach.decided_by} - {reader.subject, None})
    if withheld:
        told |= dict.fromkeys(WRITTEN)
        stated |= dict.fromkeys(NEEDED)
    running = breach.decided_at is None
    return {
        **told,
        "running": running,
        "overdue": running and breach.due_at < now,
        "secondsLeft": int((breach.due_at - now).total_seconds()) if running else None,
        "stated": stated,
        "fromEvidence": suggested,
        "missing": [name for name in NEEDED if breach.facts.get(name) is None],
        "withheld": withheld,
    }


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
