"""A database URL into an engine, and the two ways to use it: to read, or to write in one transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from sqlalchemy import event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from services.api.db import sqlite
from services.api.db.limits import limit
from services.core.errors import InputError

Step = Callable[[], Awaitable[object]]
LAST_STEPS = "last_steps"
"""The execution option that holds what is done before the commit."""
Tell = Callable[[], object]
AFTERWARDS = "afterwards"
"""The execution option that holds who is told after the commit."""

CONNECTIONS = 16
"""Of one process: those who read, and one each that adds to the audit trail, publishes and looks at the trail."""


def _to_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def open_engine(url: str) -> AsyncEngine:
    """The engine of the database; nothing is connected yet. Raises InputError if the URL is no database's.

    On PostgreSQL no connection waits for a lock, or stands still in a transaction, beyond the bounds of limits.py.
    """
    try:
        address = make_url(url)
        engine = create_async_engine(
            address,
            hide_parameters=True,
            json_serializer=_to_json,
            json_deserializer=msgspec.json.decode,
            pool_size=CONNECTIONS,
            max_overflow=0,  # a connection beyond the pool would be opened for one use: five times the cost of a query
        )
    except (ArgumentError, ImportError) as error:
        raise InputError(
            "database URL: must be like sqlite+aiosqlite:///FILE or postgresql+psycopg://HOST/NAME, "
            "and its driver must be installed"
        ) from error
    if sqlite.is_sqlite(address):
        sqlite.harden(engine.sync_engine)
    else:
        event.listen(engine.sync_engine, "connect", limit)
    return engine


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One transaction that will write: committed at the end, rolled back if anything fails."""
    steps: list[Step] = []
    afterwards: list[Tell] = []
    async with engine.connect() as connection:
        await connection.execution_options(writing=True, **{LAST_STEPS: steps, AFTERWARDS: afterwards})
        async with connection.begin():
            yield connection
            for step in steps:
                await step()
        for tell in afterwards:
            tell()


async def at_the_end(connection: AsyncConnection, step: Step) -> None:
    """Does the step as the last of a `writing` transaction, or at once in another one.

    For what takes a lock that everybody waits for: it is held briefly, and after all other locks, so that no two
    transactions wait for each other.
    """
    steps = options_of(connection).get(LAST_STEPS)
    if steps is None:
        await step()
    else:
        steps.append(step)


def once_committed(connection: AsyncConnection, tell: Tell) -> None:
    """Tells that a `writing` transaction is durable; nothing is told of another one, whose end is its caller's."""
    options_of(connection).get(AFTERWARDS, []).append(tell)


def options_of(connection: AsyncConnection) -> Mapping[str, Any]:
    """The execution options of the connection and its engine."""
    return connection.sync_connection.get_execution_options() if connection.sync_connection else {}


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection that only reads.

    PostgreSQL takes each statement as a transaction of its own, which is what it sees in one transaction too, and saves
    two of three messages; in SQLite it is one view.
    """
    async with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execution_options(isolation_level="AUTOCOMMIT")
        async with connection.begin():
            yield connection


@asynccontextmanager
async def holding(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One transaction that writes nothing, for what it locks."""
    async with engine.connect() as connection, connection.begin():
        yield connection


@asynccontextmanager
async def one_view(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Like `reading`, where what several statements find must fit together: PostgreSQL else looks anew at each."""
    async with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execution_options(isolation_level="REPEATABLE READ")
        async with connection.begin():
            yield connection
