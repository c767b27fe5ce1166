"""A reader and what they ask for into the rows that they may see, or a refusal.

Everything that shows a signal goes through here: one signal or item by `signal_for` and `item_for`, lists by the
conditions of `unconcerned`, and of `unconcerned_items` where they are of items; and what is plainly theirs by
`plainly_theirs`, for the reads done most. The audit trail, which auditors read whole, leaves out by `of_interest`.
"""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus

from fastapi import HTTPException
from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api import queue, signals
from services.api.access import Reader
from services.api.audience import is_for, items_for, signals_for
from services.api.casework.codes import CONCLUDED, INVESTIGATION
from services.api.db.interests import interest_readers, interests
from services.api.db.tables import intake_items, signal_people
from services.api.db.tables import signals as signal_rows
from services.api.db.types import AnyRow
from services.api.refusals import RefusedError

Conditions = tuple[ColumnElement[bool], ...]
OF_THE_ASSIGNED = frozenset({INVESTIGATION, CONCLUDED})
"""Statuses in which an item is for those who work on it, and for leads."""


async def item_for(connection: AsyncConnection, reader: Reader, item_id: str) -> AnyRow:
    """The item with its signal, for a reader who may see it.

    Raises HTTPException 404, or RefusedError (403, recorded) where it is for another role, where the reader has an
    interest, or where the item is under investigation and others work on it; who leads may open every item.
    """
    row = await queue.find_item(connection, item_id)
    if row is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no item with this id.")
    asked_for = ("intake-item", item_id)
    _refuse_audience(reader, row.rule, asked_for)
    await _refuse_interest(connection, reader, row.signal_id, asked_for)
    if row.status in OF_THE_ASSIGNED and not reader.leads:
        theirs = select(queue.worked_on_by(reader.subject)).where(intake_items.c.id == item_id)
        if not (await connection.execute(theirs)).scalar_one():
            raise RefusedError("not-assigned", *asked_for)
    return row


async def signal_for(connection: AsyncConnection, reader: Reader, signal_id: str) -> AnyRow:
    """The current revision of a signal, for a reader who may see it.

    Raises HTTPException 404, or RefusedError (403, recorded) where it is for another role, or the reader has an
    interest.
    """
    row = await signals.find_signal(connection, signal_id)
    if row is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no signal with this id.")
    _refuse_audience(reader, row.rule, ("signal", signal_id))
    await _refuse_interest(connection, reader, signal_id, ("signal", signal_id))
    return row


async def refuse_interest_in(connection: AsyncConnection, reader: Reader, employee_id: str) -> None:
    """Refuses a reader who has, or ever had, an interest in this employee. Raises RefusedError."""
    await _refuse_unknown(connection, reader, ("employee", employee_id))
    if reader.employee is None:
        return
    theirs = (interests.c.reader == reader.employee, interests.c.employee_id == employee_id)
    if (await connection.execute(select(exists().where(*theirs)))).scalar_one():
        raise RefusedError("interest", "employee", employee_id)


async def unconcerned(connection: AsyncConnection, reader: Reader) -> Conditions:
    """Conditions on `signals` that leave those for the reader's role in which the reader has no interest; for lists.

    Raises RefusedError where nobody can tell what the reader's interests are.
    """
    await _refuse_unknown(connection, reader, ("signals", None))
    return apart_from(reader)


async def unconcerned_items(connection: AsyncConnection, reader: Reader) -> Conditions:
    """The same for lists that join `intake_items` to `signals`. Raises RefusedError as `unconcerned` does."""
    await _refuse_unknown(connection, reader, ("signals", None))
    return items_apart_from(reader)


async def counted_items(connection: AsyncConnection, reader: Reader) -> ColumnElement[bool]:
    """The same on `intake_items` alone, for counts: they tell of no item that lists leave out. Raises RefusedError as
    `unconcerned` does."""
    await _refuse_unknown(connection, reader, ("signals", None))
    apart = _without_interest(reader)
    if not apart:
        return items_for(reader.role)
    shown = exists().where(signal_rows.c.signal_id == intake_items.c.signal_id, *apart).correlate(intake_items)
    return and_(items_for(reader.role), shown)


def apart_from(reader: Reader) -> Conditions:
    """The conditions of `unconcerned`, for a reader whose interests are known; each is looked up along an index."""
    return signals_for(reader.role), *_without_interest(reader)


def items_apart_from(reader: Reader) -> Conditions:
    """The conditions of `unconcerned_items`, for such a reader."""
    return items_for(reader.role), *_without_interest(reader)


def _without_interest(reader: Reader) -> Conditions:
    return () if reader.employee is None else tuple(~met for met in _met(reader.employee))


def plainly_theirs(reader: Reader) -> Conditions | None:
    """Conditions on `signals` under which this reader may be shown one without further questions; None: under none.

    They hold only where neither `signal_for` nor `unconcerned` refuses anything, so they must ask at least as much:
    what they leave out is looked at by those, who tell why. They may depend on the reader alone, and not on the time,
    because statements with them are kept.
    """
    if reader.employee is None:
        return apart_from(reader) if reader.local else None
    return (_known(reader.employee), *apart_from(reader))


def of_interest(employee: str) -> ColumnElement[bool]:
    """The condition on `signals` that leaves those in which this employee has an interest, at least in themselves.

    Where interests were not loaded, these are the signals that name the employee.
    """
    named = exists().where(signal_people.c.signal_id == signal_rows.c.signal_id, signal_people.c.pseudonym == employee)
    return or_(signal_rows.c.employee_id == employee, named.correlate(signal_rows), *_met(employee))


def _refuse_audience(reader: Reader, rule: str, asked_for: tuple[str, str]) -> None:
    """Asked before interests, so that nobody learns of an interest in what is for others."""
    if not is_for(reader.role, rule):
        raise RefusedError("audience", *asked_for)


async def _refuse_interest(
    connection: AsyncConnection, reader: Reader, signal_id: str, asked_for: tuple[str, str]
) -> None:
    await _refuse_unknown(connection, reader, asked_for)
    if reader.employee is None:
        return
    concerned = select(or_(*_met(reader.employee))).where(signal_rows.c.signal_id == signal_id)
    if (await connection.execute(concerned)).scalar_one():
        raise RefusedError("interest", *asked_for)


async def _refuse_unknown(connection: AsyncConnection, reader: Reader, asked_for: tuple[str, str | None]) -> None:
    """Fails closed: a person whose interests are not known sees no signals; a local account may be nobody's."""
    if reader.employee is None:
        if reader.local:
            return
        raise RefusedError("no-employee", *asked_for)
    if not (await connection.execute(select(_known(reader.employee)))).scalar_one():
        raise RefusedError("unknown-reader", *asked_for)


def _known(employee: str) -> ColumnElement[bool]:
    """Whether the reader's interests were loaded."""
    return exists().where(interest_readers.c.reader == employee)


@lru_cache(maxsize=256)  # half a millisecond to make, for each request
def _met(employee: str) -> Conditions:
    """An interest in the signal's employee, in its subject, and in one of many whom its evidence alone names."""
    in_time = or_(
        interests.c.standing,
        and_(
            or_(interests.c.valid_from.is_(None), interests.c.valid_from <= signal_rows.c.window_end),
            interests.c.valid_to > signal_rows.c.window_start,
        ),
    )
    pairs = (
        (interests.c.employee_id, signal_rows.c.employee_id),
        (interests.c.subject, signal_rows.c.subject),
    )
    mine = interests.c.reader == employee
    of_signal = tuple(
        exists().where(mine, whom == concerned, in_time).correlate(signal_rows) for whom, concerned in pairs
    )
    of_evidence = tuple(
        exists()
        .where(signal_people.c.signal_id == signal_rows.c.signal_id, mine, whom == signal_people.c.pseudonym, in_time)
        .correlate(signal_rows)
        for whom, _ in pairs
    )
    # a signal that names both an employee and a person has nobody there: for most no index is asked
    names_many = or_(signal_rows.c.employee_id.is_(None), signal_rows.c.subject.is_(None))
    return (*of_signal, and_(names_many, or_(*of_evidence)))
