"""What tasks beside the requests share: whose turn it is among the processes of the API, and how faults are told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from traceback import extract_tb

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.api.db.engine import holding
from services.api.db.trouble import trouble_of
from services.core.kafka_broker import Trouble


@asynccontextmanager
async def turn(engine: AsyncEngine, key: int) -> AsyncIterator[AsyncConnection | None]:
    """A view of the database while it is this process's turn; None while it is another's.

    `key` is that of PostgreSQL's advisory lock; an SQLite file has one process.
    """
    async with holding(engine) as connection:
        if connection.dialect.name == "postgresql":
            ours = await connection.execute(text("SELECT pg_try_advisory_xact_lock(:turn)"), {"turn": key})
            yield connection if ours.scalar_one() else None
        else:
            yield connection


def told(error: Exception) -> Trouble:
    """What went wrong, without the values that its text may hold."""
    if outside := trouble_of(error):
        return Trouble(f"database: {outside.reason}: {outside.advice}", refused=False)
    place = extract_tb(error.__traceback__)[-1]
    return Trouble(f"{type(error).__name__} at {place.filename.rpartition('/')[2]}:{place.lineno}", refused=False)
