"""An item and one of its fields into the person who is meant."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from fastapi import HTTPException
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.access import Reader
from services.api.db.interests import interests
from services.api.db.tables import evidence, signals
from services.api.db.types import AnyRow
from services.api.refusals import RefusedError
from services.api.vault.forms import RevealForm
from services.core.vault import BSN, EMPLOYEE

KIND_OF = {"employee": EMPLOYEE, "subject": BSN}
OF_SIGNAL = {"employee": signals.c.employee_id, "subject": signals.c.subject}
OF_LOOKUP = {"employee": "employeeId", "subject": "subject"}


@dataclass(frozen=True)
class Person:
    """Whose identity is meant: a kind of identity, and its pseudonym."""

    kind: str
    pseudonym: str


async def pointed_at(connection: AsyncConnection, item: AnyRow, form: RevealForm) -> Person:
    """Who is meant. Raises HTTPException 404 where nobody is named there."""
    who = form.field.removeprefix("lookup-")
    told: object = await _of_signal(connection, item.signal_id, who)
    if form.lookup_id is not None:
        row = await _lookup(connection, item.signal_id, form.lookup_id)
        told = told or row.get(OF_LOOKUP[who])
    if not isinstance(told, str):
        raise HTTPException(HTTPStatus.NOT_FOUND, f"{form.field}: nobody is named there.")
    return Person(KIND_OF[who], told)


async def refuse_interest(connection: AsyncConnection, reader: Reader, person: Person) -> None:
    """Refuses a reader who has, or ever had, an interest in this person. Raises RefusedError.

    A person whom only one lookup of the evidence names is none that the signal is about, so `item_for` does not ask.
    """
    whom = {EMPLOYEE: interests.c.employee_id, BSN: interests.c.subject}[person.kind]
    theirs = exists().where(interests.c.reader == reader.employee, whom == person.pseudonym)
    if reader.employee is not None and (await connection.execute(select(theirs))).scalar_one():
        raise RefusedError("interest", "person", person.pseudonym)


async def _of_signal(connection: AsyncConnection, signal_id: str, who: str) -> str | None:
    of_it = select(OF_SIGNAL[who]).where(signals.c.signal_id == signal_id)
    told: str | None = (await connection.execute(of_it)).scalar_one()
    return told


async def _lookup(connection: AsyncConnection, signal_id: str, lookup_id: str) -> dict[str, object]:
    of_signal = (evidence.c.signal_id == signal_id) & (evidence.c.lookup_id == lookup_id)
    row = (await connection.execute(select(evidence.c.body).where(of_signal))).scalar_one_or_none()
    if row is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "The evidence of this item has no lookup with this id.")
    body: dict[str, object] = row
    return body
