"""A request for an identity into the identity, once: logged first, and above a rate after another person agreed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from fastapi import HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.access import Reader
from services.api.audit.entries import entry_of
from services.api.audit.trail import append
from services.api.casework.case import awaiting
from services.api.db.engine import writing
from services.api.db.tables import intake_items
from services.api.db.types import AnyRow
from services.api.need_to_know import item_for
from services.api.parts import Parts
from services.api.refusals import RefusedError
from services.api.vault import requests
from services.api.vault.fitting import refuse_purpose
from services.api.vault.forms import RevealForm
from services.api.vault.identities import find_identity
from services.api.vault.listing import HOLDS
from services.api.vault.pointing import Person, pointed_at, refuse_interest
from services.core.vault import ShutError


@dataclass(frozen=True)
class Revealed:
    """What became of a request; `value` is the identity where it was opened, to be shown this once."""

    reveal: AnyRow
    value: str | None = field(default=None, repr=False)


async def ask(parts: Parts, reader: Reader, form: RevealForm) -> Revealed:
    """Opens the identity, or stores a request that another person must approve; committed and logged on return.

    Raises HTTPException: 403 and 404 as `item_for` does, 404 where the vault lacks the identity, 409 where the purpose
    does not go with where the item stands.
    """
    now = parts.clock.now()
    async with writing(parts.engine) as connection:
        item = await item_for(connection, reader, form.item_id)
        await refuse_purpose(connection, form.purpose, item)
        person = await pointed_at(connection, item, form)
        await refuse_interest(connection, reader, person)
        limit = parts.settings.reveals_per_day
        needs_another = await requests.used_up(connection, reader.subject, now, limit)
        waiting = await requests.asked_already(connection, reader.subject, form, now) if needs_another else None
        if waiting is not None:
            return Revealed(waiting)
        value = await unsealed(connection, parts, person, form.purpose)  # also before anybody approves in vain
        row = await requests.add(connection, reader, form, person, now, needs_another=needs_another)
        action = "ask-reveal" if needs_another else "reveal"
        await _log(connection, reader, action, row, now)
    parts.metrics.reveals.labels(form.purpose, row.status).inc()
    return Revealed(row, None if needs_another else value)


async def approve(parts: Parts, reader: Reader, reveal_id: str) -> AnyRow:
    """Another person agrees; the one who asked may open it from then on. Agreeing twice is agreeing once.

    Raises RefusedError (403, recorded) for the one who asked, for somebody who may yet assess the item, or as
    `item_for` does; HTTPException 404, and 409 where it is too late, or where the purpose does not go with where the
    item stands now.
    """
    now = parts.clock.now()
    async with writing(parts.engine) as connection:
        row = await requests.locked(connection, reveal_id)
        await refuse_purpose(connection, row.purpose, await item_for(connection, reader, row.item_id))
        await refuse_interest(connection, reader, Person(row.kind, row.pseudonym))
        if row.asked_by == reader.subject:
            raise RefusedError("own-request", "intake-item", row.item_id)
        if row.approved_by == reader.subject:
            return row
        await _refuse_assessor(connection, reader, row.item_id)
        _refuse_late(row, now, "pending")
        row = await requests.changed(connection, row, status="approved", approved_by=reader.subject, approved_at=now)
        await _log(connection, reader, "approve-reveal", row, now)
    parts.metrics.reveals.labels(row.purpose, row.status).inc()
    return row


async def open_approved(parts: Parts, reader: Reader, reveal_id: str) -> Revealed:
    """The identity of a request that was approved, once; committed and logged on return.

    Raises RefusedError (403, recorded) for others than the one who asked, or as `item_for` does; HTTPException 404, and
    409 where it was not approved yet, was opened before, was asked too long ago, or has a purpose that does not go with
    where the item stands now.
    """
    now = parts.clock.now()
    async with writing(parts.engine) as connection:
        row = await requests.locked(connection, reveal_id)
        if row.asked_by != reader.subject:
            raise RefusedError("other-asked", "intake-item", row.item_id)
        await refuse_purpose(connection, row.purpose, await item_for(connection, reader, row.item_id))
        await refuse_interest(connection, reader, Person(row.kind, row.pseudonym))
        _refuse_late(row, now, "approved")
        value = await unsealed(connection, parts, Person(row.kind, row.pseudonym), row.purpose)
        row = await requests.changed(connection, row, status="opened", opened_at=now)
        await _log(connection, reader, "reveal", row, now)
    parts.metrics.reveals.labels(row.purpose, row.status).inc()
    return Revealed(row, value)


async def unsealed(connection: AsyncConnection, parts: Parts, person: Person, purpose: str) -> str:
    """What a pseudonym stands for. Raises HTTPException 404 that says what an administrator can do."""
    row = await find_identity(connection, person.kind, person.pseudonym)
    try:
        if row is None:
            raise ShutError("it is delivered with the next revision of the signal, once the detector saw the person")
        return parts.vault.open(row.key_id, row.kind, row.pseudonym, row.sealed)
    except ShutError as error:
        parts.metrics.reveals.labels(purpose, "missing").inc()
        raise HTTPException(
            HTTPStatus.NOT_FOUND, f"The vault does not hold this identity, or cannot open it: {error}."
        ) from error


async def _refuse_assessor(connection: AsyncConnection, reader: Reader, item_id: str) -> None:
    """Who has yet to judge an item by himself approves nothing on it: he would be told what another thinks of it."""
    undecided = select(awaiting(reader)).where(intake_items.c.id == item_id)
    if (await connection.execute(undecided)).scalar_one():
        raise RefusedError("not-assessed", "intake-item", item_id)


def _refuse_late(row: AnyRow, now: datetime, wanted: str) -> None:
    if row.status != wanted:
        raise HTTPException(HTTPStatus.CONFLICT, f"This request is {row.status}, not {wanted}.")
    if now >= row.asked_at + HOLDS:
        raise HTTPException(HTTPStatus.CONFLICT, "This was asked too long ago; it must be asked anew.")


async def _log(connection: AsyncConnection, reader: Reader, action: str, row: AnyRow, now: datetime) -> None:
    detail = {"reveal": row.id, "field": row.field, "pseudonym": row.pseudonym, "lookup": row.lookup_id}
    entry = entry_of(reader, action, "intake-item", row.item_id, row.purpose, detail)
    await append(connection, [entry], now)
