"""Sealed identities into the table, in the transaction of the signals that name them, and out of it."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.db.types import AnyRow
from services.api.db.vault import identities
from services.api.intake.batch import SealedIdentity


async def keep(connection: AsyncConnection, sealed: Sequence[SealedIdentity], now: datetime) -> None:
    """Adds the identities that are not there yet; one sealed to another key replaces the one that was there."""
    rows = {
        identity.pseudonym: {
            "pseudonym": identity.pseudonym,
            "kind": identity.kind,
            "key_id": identity.key_id,
            "sealed": b64decode(identity.sealed),
            "received_at": now,
        }
        for identity in sealed
    }
    if rows:
        # in one order, so that two deliveries of the same people wait for each other instead of forever
        await connection.execute(_upsert(connection), [rows[pseudonym] for pseudonym in sorted(rows)])


async def find_identity(connection: AsyncConnection, kind: str, pseudonym: str) -> AnyRow | None:
    """The sealed identity of a pseudonym, if it was delivered."""
    of_it = (identities.c.pseudonym == pseudonym) & (identities.c.kind == kind)
    return (await connection.execute(select(identities).where(of_it))).one_or_none()


def _upsert(connection: AsyncConnection) -> Insert:
    if connection.dialect.name == "postgresql":
        fresh = postgresql.insert(identities)
        return fresh.on_conflict_do_update(
            index_elements=[identities.c.pseudonym],
            set_={name: fresh.excluded[name] for name in ("kind", "key_id", "sealed", "received_at")},
            where=identities.c.key_id != fresh.excluded.key_id,
        )
    fresh_here = sqlite.insert(identities)
    return fresh_here.on_conflict_do_update(
        index_elements=[identities.c.pseudonym],
        set_={name: fresh_here.excluded[name] for name in ("kind", "key_id", "sealed", "received_at")},
        where=identities.c.key_id != fresh_here.excluded.key_id,
    )
