"""Entries into the audit trail, in the transaction of what they tell about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from functools import partial

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.audit.chain import Sealed, seal
from services.api.audit.entries import Entry
from services.api.audit.heads import Head, Root
from services.api.audit.standing import high_water_of, notary_of, standing_head
from services.api.db.engine import at_the_end, once_committed
from services.api.db.trail import audit_entries, audit_head, audit_objects, audit_roots

ABOUT = text(
    "INSERT INTO audit_objects (object_key, at, sequence) "
    "SELECT unnest(CAST(:keys AS uuid[])), :at, unnest(CAST(:sequences AS bigint[]))"
)
"""PostgreSQL takes the arrays in a fifth of the time of as many rows."""


async def append(connection: AsyncConnection, entries: Sequence[Entry], now: datetime) -> None:
    """Adds entries, in order; they hold once the caller's transaction is committed, and not otherwise.

    They are written at the end of a `writing` transaction, because everybody who adds to the chain waits for its head:
    so it is held for the shortest time, and always as the last lock. Raises ValueError if an entry cannot be written.
    """
    if not entries:
        return
    sealed = [seal(entry) for entry in entries]
    await at_the_end(connection, lambda: extend(connection, sealed, now))


async def extend(connection: AsyncConnection, entries: Sequence[Sealed], now: datetime, *, root: bool = False) -> None:
    """The chain grown by these entries, and by a root where one is due or asked for.

    Raises BrokenTrailError where the end is not as it was left: what somebody else made of it is never signed.
    """
    head = await _add(connection, await standing_head(connection), entries, now)
    notary = notary_of(connection)
    if notary is not None:
        if head.asks_for_root(now) or (root and not head.rooted):
            head, signed = head.with_root(now, notary)
            await connection.execute(audit_roots.insert(), _columns(signed))
        head = head.signed(notary)
    await connection.execute(audit_head.update(), _columns(head))
    once_committed(connection, partial(high_water_of(connection).rise, head))


def grown(head: Head, entries: Sequence[Sealed], now: datetime) -> tuple[Head, list[dict[str, object]]]:
    """The head after these entries, not signed yet, and their rows of `audit_entries`."""
    rows = []
    last = head.hash
    for place, entry in enumerate(entries, head.sequence + 1):
        row, last = entry.placed(place, now, last)
        rows.append(row)
    return replace(head, sequence=head.sequence + len(rows), hash=last), rows


async def _add(connection: AsyncConnection, head: Head, entries: Sequence[Sealed], now: datetime) -> Head:
    if not entries:
        return head
    after, rows = grown(head, entries, now)
    await connection.execute(audit_entries.insert(), rows)
    await _tell_objects(connection, head.sequence, entries, now)
    return after


async def _tell_objects(connection: AsyncConnection, before: int, entries: Sequence[Sealed], now: datetime) -> None:
    places = [(key, place) for place, entry in enumerate(entries, before + 1) for key in entry.objects]
    if not places:
        return
    if connection.dialect.name == "postgresql":
        keys, sequences = zip(*places, strict=True)
        await connection.execute(ABOUT, {"keys": list(keys), "at": now, "sequences": list(sequences)})
    else:
        rows = [{"object_key": key, "at": now, "sequence": place} for key, place in places]
        await connection.execute(audit_objects.insert(), rows)


def _columns(record: Head | Root) -> dict[str, object]:
    return {field.name: getattr(record, field.name) for field in fields(record)}
