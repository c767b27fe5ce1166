"""Whoever comes with a session or a token of the issuer into the table of known readers, once a day."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.db.engine import writing
from services.api.db.known_readers import known_readers
from services.api.reader import Reader

Seen = tuple[str | None, str | None, date]
"""Role, employee and day."""
CHANGED = ("role", "employee", "last_seen")


class KnownReaders:
    """What one process told the table lately, so that it is not written with each request.

    Local accounts are left out: all of them are known beforehand.
    """

    def __init__(self, engine: AsyncEngine, zone: ZoneInfo) -> None:
        self._engine = engine
        self._zone = zone
        self._told: dict[str, Seen] = {}

    async def saw(self, reader: Reader, now: datetime) -> None:
        """Stores who this is, unless this process did so today."""
        if not reader.local:
            await self._tell(reader.subject, (reader.role, reader.employee, self._day(now)))

    async def lost(self, code: str, now: datetime) -> None:
        """Stores that an account came without a role of ours; one that never had any stays unknown."""
        seen: Seen = (None, None, self._day(now))
        if self._told.get(code) == seen:
            return
        this = known_readers.c.code == code
        async with writing(self._engine) as connection:
            await connection.execute(known_readers.update().where(this).values(role=None))
        self._told[code] = seen

    async def _tell(self, code: str, seen: Seen) -> None:
        if self._told.get(code) == seen:
            return
        role, employee, day = seen
        row = {"code": code, "role": role, "employee": employee, "first_seen": day, "last_seen": day}
        async with writing(self._engine) as connection:
            await connection.execute(_upsert(connection.dialect.name), [row])
        self._told[code] = seen

    def _day(self, now: datetime) -> date:
        return now.astimezone(self._zone).date()


def _upsert(dialect: str) -> Insert:
    if dialect == "postgresql":
        fresh = postgresql.insert(known_readers)
        return fresh.on_conflict_do_update(
            index_elements=[known_readers.c.code], set_={name: fresh.excluded[name] for name in CHANGED}
        )
    fresh_here = sqlite.insert(known_readers)
    return fresh_here.on_conflict_do_update(
        index_elements=[known_readers.c.code], set_={name: fresh_here.excluded[name] for name in CHANGED}
    )
