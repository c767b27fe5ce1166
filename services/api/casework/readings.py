"""The assessments of a round into what each rests on: a revision and its lookups, and never who gave it or what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.casework.case import Case
from services.api.db.tables import signal_revisions


async def readings(connection: AsyncConnection, case: Case) -> Sequence[Mapping[str, object]]:
    """In the order in which they were given, so that the second assessor sees what the decision can cover."""
    if not case.given:
        return []
    lookups = signal_revisions.c.body["lookupCount"].as_integer().label("lookups")
    counted = select(signal_revisions.c.revision, lookups).where(
        signal_revisions.c.signal_id == case.item.signal_id,
        signal_revisions.c.revision.in_({row.revision for row in case.given}),
    )
    counts = {row.revision: row.lookups for row in await connection.execute(counted)}
    return [
        {"ordinal": row.ordinal, "revision": row.revision, "lookupCount": counts[row.revision]} for row in case.given
    ]
