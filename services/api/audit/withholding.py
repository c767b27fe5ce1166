"""A page of the audit trail into the entries that hold what its reader must not know yet: another one's verdict.

Auditors assess signals about readers and read the trail too. Until both assessments of an item are in, the second must
not find the first's there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.access import Reader
from services.api.audience import items_for
from services.api.casework.codes import UNDER_ASSESSMENT
from services.api.db.tables import intake_items
from services.api.db.types import AnyRow

TELLING = ("verdict", "reason")
"""What is left out of the detail; that an assessment was given, by whom and when stays."""


async def withheld_from(connection: AsyncConnection, reader: Reader, rows: Sequence[AnyRow]) -> frozenset[int]:
    """The sequences of assessments by others, of items for the reader's role that are not assessed by both yet."""
    by_others = [row for row in rows if row.action == "assess" and row.actor != reader.subject]
    if not by_others:
        return frozenset()
    named = intake_items.c.id.in_(sorted({row.object_id for row in by_others if row.object_id}))
    undecided = select(intake_items.c.id).where(
        named, intake_items.c.status.in_(UNDER_ASSESSMENT), items_for(reader.role)
    )
    hidden = set((await connection.execute(undecided)).scalars())
    return frozenset(row.sequence for row in by_others if row.object_id in hidden)


def without_verdict(entry: Mapping[str, object]) -> Mapping[str, object]:
    """The entry as the API shows it, its detail with `withheld` in the place of what was found."""
    detail = entry["detail"]
    kept = {name: value for name, value in detail.items() if name not in TELLING} if isinstance(detail, dict) else {}
    return {**entry, "detail": {**kept, "withheld": "until-both-assessed"}}
