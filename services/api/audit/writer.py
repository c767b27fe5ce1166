"""Entries of many requests into one transaction of the audit trail; each request waits until its own are durable."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from traceback import extract_tb

import structlog
from fastapi import HTTPException
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.audit.chain import Sealed, seal
from services.api.audit.entries import Entry
from services.api.audit.one_message import OneMessage
from services.api.audit.standing import BROKEN_ADVICE, BrokenTrailError
from services.api.audit.trail import extend
from services.api.db.engine import writing
from services.api.db.trouble import Trouble, trouble_of
from services.api.metrics import ApiMetrics
from services.core.clock import Clock

MOST_WAITING = 5_000
"""Requests; more than that do not come unless the database stands still, and then they are refused at once."""
MOST_AT_ONCE = 200
"""Requests whose entries go into one transaction."""
RETRY_AFTER = {"Retry-After": "1"}
REFUSAL = (
    "What is read is first recorded in the audit trail, and that cannot be done at present; nothing is shown. "
    "Try again later."
)

LOG = structlog.get_logger()


@dataclass(frozen=True)
class Waiting:
    """What one request wants to be written, and what it waits for."""

    entries: Sequence[Sealed]
    written: asyncio.Future[Trouble | None]


class TrailWriter:
    """The one writer of this process; the first that comes while it rests starts it, and it goes on while any wait."""

    def __init__(self, engine: AsyncEngine, clock: Clock, metrics: ApiMetrics) -> None:
        self._engine = engine
        self._clock = clock
        self._metrics = metrics
        self._waiting: deque[Waiting] = deque()
        self._work: asyncio.Task[None] | None = None
        self._short = OneMessage(engine) if engine.dialect.name == "postgresql" else None

    async def record(self, entries: Sequence[Entry]) -> None:
        """On return the entries are durable. Raises HTTPException 503 (507 without room) if they cannot be made so."""
        if len(self._waiting) >= MOST_WAITING:
            self._metrics.audit_refused.inc()
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, REFUSAL, RETRY_AFTER)
        place = Waiting([seal(entry) for entry in entries], asyncio.get_running_loop().create_future())
        self._waiting.append(place)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._write_all())
        trouble = await place.written
        if trouble is not None:
            self._metrics.audit_refused.inc()
            raise HTTPException(trouble.status, REFUSAL, RETRY_AFTER)

    async def close(self) -> None:
        """Writes what waits."""
        if self._work is not None:
            await self._work
        if self._short is not None:
            await self._short.close()

    async def _write_all(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]
            trouble: Trouble | None = STOPPED
            try:
                trouble = await self._write([entry for place in batch for entry in place.entries])
            finally:  # whatever happens to this task, nobody waits for ever
                for place in batch:
                    if not place.written.done():  # a request that was broken off waits no more
                        place.written.set_result(trouble)

    async def _write(self, entries: Sequence[Sealed]) -> Trouble | None:
        try:
            with self._metrics.audit_commit.time():
                await self._extend(entries, self._clock.now())
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing may be shown that is not recorded
            trouble = trouble_of(error) or _fault(error)
            LOG.error("audit-trail-not-written", reason=trouble.reason, advice=trouble.advice)
            return trouble
        self._metrics.audit_entries.inc(len(entries))
        return None

    async def _extend(self, entries: Sequence[Sealed], now: datetime) -> None:
        if self._short is not None and await self._short.extend(entries, now):
            return
        async with writing(self._engine) as connection:
            await extend(connection, entries, now)


STOPPED = Trouble(HTTPStatus.SERVICE_UNAVAILABLE, "the service stops", "none is needed")


def _fault(error: Exception) -> Trouble:
    if isinstance(error, BrokenTrailError):
        return Trouble(HTTPStatus.SERVICE_UNAVAILABLE, str(error), BROKEN_ADVICE)
    place = extract_tb(error.__traceback__)[-1]
    reason = f"{type(error).__name__} at {place.filename.rpartition('/')[2]}:{place.lineno}"
    return Trouble(HTTPStatus.SERVICE_UNAVAILABLE, reason, "run: doelbinding audit verify")
