"""Statements whose text is worked out once into rows, without what SQLAlchemy does at each execution.

To PostgreSQL they go over connections of their own, by the driver itself: a read costs an eighth of the processor time.
SQLite gets them by SQLAlchemy, like all else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.db.engine import reading
from services.api.db.limits import set_limits
from services.api.db.types import AnySelect

CONNECTIONS = 8
"""Of one process, beside those of the engine; what is read here takes the database a millisecond."""
PlainRow = tuple[Any, ...]
Connection = psycopg.AsyncConnection[PlainRow]


@dataclass(frozen=True, eq=False)
class Prepared:
    """A SELECT with names for the values that each execution gives, and its text for the driver of PostgreSQL."""

    statement: AnySelect
    text: bytes
    fixed: Mapping[str, object]
    """Values that are the same at each execution."""


class DirectReader:
    """Reads for the requests of one process; each statement is a transaction of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._driver = Driver(engine, CONNECTIONS) if engine.dialect.name == "postgresql" else None

    def prepare(self, statement: AnySelect) -> Prepared:
        """Works the statement out; `bindparam` stands for what each execution gives."""
        compiled = statement.compile(dialect=self._engine.dialect, compile_kwargs={"render_postcompile": True})
        return Prepared(statement, compiled.string.encode(), {**compiled.params})

    async def rows(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[PlainRow]:
        """All rows. Raises psycopg.Error or SQLAlchemyError, as the database does."""
        if self._driver is not None:
            return await self._driver.rows(prepared.text, {**prepared.fixed, **values})
        async with reading(self._engine) as connection:
            return [tuple(row) for row in await connection.execute(prepared.statement, values)]

    async def close(self) -> None:
        """Ends the connections."""
        if self._driver is not None:
            await self._driver.close()


class Driver:
    """At most so many connections to PostgreSQL, made when they are first needed, and kept as long as they hold."""

    def __init__(self, engine: AsyncEngine, most: int) -> None:
        self._places = asyncio.Semaphore(most)
        self._idle: list[Connection] = []
        self._address: Mapping[str, Any] = engine.dialect.create_connect_args(engine.url)[1]

    async def rows(self, text: bytes, values: Mapping[str, object]) -> Sequence[PlainRow]:
        """All rows of one statement. Raises psycopg.Error."""
        async with self._places:
            connection = self._idle.pop() if self._idle else await self._connect()
            try:
                rows = await (await connection.execute(text, values, binary=True)).fetchall()
            except BaseException as error:  # a request that was broken off may leave it in the middle of an answer
                await connection.close()
                if isinstance(error, psycopg.OperationalError):  # the server is gone, for the others as well
                    await self.close()
                raise
            self._idle.append(connection)
            return rows

    async def close(self) -> None:
        """Ends the connections that nobody uses at present."""
        while self._idle:
            await self._idle.pop().close()

    async def _connect(self) -> Connection:
        connection = await psycopg.AsyncConnection.connect(**self._address, autocommit=True)
        await connection.execute(set_limits())
        return connection
