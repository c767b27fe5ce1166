"""A database URL into an engine, and the two ways to use it: to read, or to write in one transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from services.api.db import sqlite
from services.core.errors import InputError


def _to_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def open_engine(url: str) -> AsyncEngine:
    """The engine of the database; nothing is connected yet. Raises InputError if the URL is no database's."""
    try:
        address = make_url(url)
        engine = create_async_engine(
            address, hide_parameters=True, json_serializer=_to_json, json_deserializer=msgspec.json.decode
        )
    except (ArgumentError, ImportError) as error:
        raise InputError(
            "database URL: must be like sqlite+aiosqlite:///FILE or postgresql+psycopg://HOST/NAME, "
            "and its driver must be installed"
        ) from error
    if sqlite.is_sqlite(address):
        sqlite.harden(engine.sync_engine)
    return engine


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One transaction that will write: committed at the end, rolled back if anything fails."""
    async with engine.connect() as connection:
        await connection.execution_options(writing=True)
        async with connection.begin():
            yield connection


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One transaction that only reads: a single view of the data."""
    async with engine.connect() as connection, connection.begin():
        yield connection
