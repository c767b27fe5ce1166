"""A revision and the items of its signal that have ended into how many lookups no decision was taken on."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.db.tables import signal_revisions
from services.api.db.types import AnyRow
from services.core.contract import EVIDENCE_LIMIT


async def new_looks(
    connection: AsyncConnection, lookup_ids: Sequence[str], lookup_count: int, ended: Sequence[AnyRow]
) -> int:
    """How many lookups of a revision stood in none of the revisions that were decided on.

    A signal that names as many lookups as it may can trade one for another without a new look; then there must be
    more of them than at the last decision too.
    """
    seen: set[str] = set()
    most = 0
    for item in ended:
        decided, count = await _decided_on(connection, item)
        seen |= decided
        most = max(most, count)
    if len(lookup_ids) >= EVIDENCE_LIMIT and lookup_count <= most:
        return 0
    return len(set(lookup_ids) - seen)


async def _decided_on(connection: AsyncConnection, item: AnyRow) -> tuple[set[str], int]:
    """The lookups that stood in the revision that was decided on, and how many it was about."""
    of_item = signal_revisions.c.signal_id == item.signal_id, signal_revisions.c.revision == item.decided_revision
    body = (await connection.execute(select(signal_revisions.c.body).where(*of_item))).scalar_one()
    return set(body["lookupIds"]), int(body["lookupCount"])
