"""An action of a reader on an item into one transaction: seen, locked, done, told, and in the audit trail."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.access import Reader
from services.api.audit.entries import entry_of
from services.api.audit.trail import append
from services.api.casework.case import load_case
from services.api.casework.hindrances import HinderedError
from services.api.casework.view import item_view
from services.api.casework.work import Work
from services.api.db.engine import reading, writing
from services.api.db.tables import intake_items, signals
from services.api.need_to_know import item_for
from services.api.parts import Parts

TRIES = 5
"""What another transaction came before, or PostgreSQL ended because two waited for each other, is done again."""
DEADLOCKED = frozenset({"40P01", "40001"})
PAUSE_SECONDS = 0.05
"""Before it is done again: the other transaction, which has only been woken, would come too late for what it waits for,
and both would wait for each other again."""
Do = Callable[[Work], Awaitable[bool]]
"""Does it, and tells whether anything changed: false where the same was done before by the same person."""
Expect = Callable[[int], None]
"""Raises if the version of the item is not the one that the reader decided on."""
Transaction = Callable[[], AbstractAsyncContextManager[AsyncConnection]]


@dataclass(frozen=True)
class Done:
    """What the item looks like to its reader after an action, its version, and whether the action changed anything."""

    view: Mapping[str, object]
    version: int
    changed: bool


@dataclass(frozen=True)
class Action:
    """One action: its word, what does it, and which version of the item it was decided on.

    `settled` is called at the end of the transaction, which `transaction` opens (by default an ordinary one).
    """

    name: str
    do: Do
    expect: Expect = lambda _version: None
    transaction: Transaction | None = None
    settled: Callable[[Done], object] = lambda _done: None


def saw(version: int) -> Expect:
    """Expects the version that a page was made of."""

    def expect(now: int) -> None:
        if now != version:
            raise HinderedError("changed-meanwhile")

    return expect


async def act(parts: Parts, reader: Reader, item_id: str, action: Action) -> Done:
    """Do one action. A repeat of what the same person did before changes nothing, whatever version it was decided on.

    Raises HTTPException 404 or 403 if the reader may not see the item, HinderedError if the action is not to be done;
    the latter is in the audit trail as a refusal.
    """
    async with reading(parts.engine) as connection:
        await item_for(connection, reader, item_id)
    try:
        done = await _retried(parts, reader, item_id, action)
    except HinderedError as hindered:
        await _record_refusal(parts, reader, item_id, action.name, hindered.code)
        parts.metrics.casework.labels(action.name, "refused").inc()
        raise
    parts.metrics.casework.labels(action.name, "done" if done.changed else "repeated").inc()
    return done


async def _retried(parts: Parts, reader: Reader, item_id: str, action: Action) -> Done:
    for tries_left in reversed(range(TRIES)):
        try:
            return await _once(parts, reader, item_id, action)
        except IntegrityError as error:
            if not tries_left:
                raise HinderedError("changed-meanwhile") from error
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in DEADLOCKED or not tries_left:
                raise
        await asyncio.sleep(PAUSE_SECONDS)
    raise AssertionError  # the last try returns or raises


async def _once(parts: Parts, reader: Reader, item_id: str, action: Action) -> Done:
    opened = action.transaction() if action.transaction else writing(parts.engine)
    async with opened as connection:
        await _lock(connection, item_id)
        case = await load_case(connection, await item_for(connection, reader, item_id))
        work = Work(connection, case, reader, parts.clock.now(), parts.settings.timezone, parts.people)
        changed = await action.do(work)
        if changed:
            action.expect(case.item.version)
        row = await item_for(connection, reader, item_id)
        done = Done(await item_view(connection, reader, row, work.now, work.zone), row.version, changed)
        # last, as this waits for whoever else adds to the trail at this moment
        await append(connection, work.entries, work.now)
        action.settled(done)
    return done


async def _lock(connection: AsyncConnection, item_id: str) -> None:
    """The signal before its item, as deliveries do: both may open the next item of the signal."""
    this = intake_items.c.id == item_id
    of_item = signals.c.signal_id.in_(select(intake_items.c.signal_id).where(this))
    await connection.execute(select(signals.c.revision).where(of_item).with_for_update())
    await connection.execute(select(intake_items.c.version).where(this).with_for_update())


async def _record_refusal(parts: Parts, reader: Reader, item_id: str, name: str, code: str) -> None:
    detail = {"action": name, "code": code}
    async with writing(parts.engine) as connection:
        entry = entry_of(reader, "refused", "intake-item", item_id, detail=detail)
        await append(connection, [entry], parts.clock.now())
