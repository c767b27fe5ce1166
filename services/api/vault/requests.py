"""Requests for identities into rows, and back; in the transaction of the caller."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from http import HTTPStatus

from fastapi import HTTPException
from sqlalchemy import Insert, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.access import Reader
from services.api.db.types import AnyRow
from services.api.db.vault import revealers, reveals, searches
from services.api.vault.forms import RevealForm
from services.api.vault.listing import HOLDS
from services.api.vault.pointing import Person

RATE_PERIOD = timedelta(hours=24)
SAME = ("item_id", "field", "lookup_id", "purpose")


async def used_up(connection: AsyncConnection, reader: str, now: datetime, limit: int) -> bool:
    """Whether a reader had as many identities opened, and people searched for, as one may without another person.

    Both tie a name to a pseudonym. Holds the reader's row until the transaction ends: two requests at once must not
    both be the last one below the limit.
    """
    await connection.execute(_present(connection), {"reader": reader})
    await connection.execute(select(revealers.c.reader).where(revealers.c.reader == reader).with_for_update())
    since = now - RATE_PERIOD
    opened = select(func.count()).where(reveals.c.asked_by == reader, reveals.c.opened_at > since)
    searched = select(func.count()).where(searches.c.asked_by == reader, searches.c.asked_at > since)
    counts = [(await connection.execute(query)).scalar_one() for query in (opened, searched)]
    return sum(counts) >= limit


def _present(connection: AsyncConnection) -> Insert:
    if connection.dialect.name == "postgresql":
        return postgresql.insert(revealers).on_conflict_do_nothing()
    return sqlite.insert(revealers).on_conflict_do_nothing()


async def add_search(connection: AsyncConnection, reader: str, now: datetime) -> None:
    """Counts a search, and forgets the reader's own that count no more."""
    past = searches.c.asked_by == reader, searches.c.asked_at <= now - RATE_PERIOD
    await connection.execute(searches.delete().where(*past))
    await connection.execute(searches.insert().values(asked_by=reader, asked_at=now))


async def asked_already(connection: AsyncConnection, reader: str, form: RevealForm, now: datetime) -> AnyRow | None:
    """The reader's own request for the same, which still waits for approval or for being opened."""
    same = [reveals.c[name].is_not_distinct_from(getattr(form, name)) for name in SAME]
    waits = reveals.c.status.in_(("pending", "approved")), reveals.c.asked_at > now - HOLDS
    mine = select(reveals).where(reveals.c.asked_by == reader, *waits, *same).order_by(reveals.c.asked_at.desc())
    return (await connection.execute(mine.limit(1))).one_or_none()


async def add(
    connection: AsyncConnection, reader: Reader, form: RevealForm, person: Person, now: datetime, *, needs_another: bool
) -> AnyRow:
    """Stores a request: opened at once, or waiting for another person."""
    values = form.model_dump(by_alias=False) | vars(person)
    values |= {"id": f"r-{secrets.token_hex(16)}", "asked_by": reader.subject, "asked_at": now}
    values |= {"four_eyes": needs_another, "status": "pending" if needs_another else "opened"}
    values |= {"opened_at": None if needs_another else now}
    return (await connection.execute(reveals.insert().values(values).returning(*reveals.columns))).one()


async def locked(connection: AsyncConnection, reveal_id: str) -> AnyRow:
    """The request, held until the transaction ends. Raises HTTPException 404."""
    of_id = select(reveals).where(reveals.c.id == reveal_id).with_for_update()
    row = (await connection.execute(of_id)).one_or_none()
    if row is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no request with this id.")
    return row


async def changed(connection: AsyncConnection, row: AnyRow, **values: object) -> AnyRow:
    """The request with other values, stored."""
    change = reveals.update().where(reveals.c.id == row.id).values(values)
    return (await connection.execute(change.returning(*reveals.columns))).one()
