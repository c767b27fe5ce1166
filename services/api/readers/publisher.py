"""A task beside the requests: the audit trail into lookups where the detector reads, at least once and in order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.api.audit.stored import Stored
from services.api.db.engine import writing
from services.api.metrics import ApiMetrics
from services.api.publishing.turns import told, turn
from services.api.readers.deeds import Deed, deed_of
from services.api.readers.knowing import known_of
from services.api.readers.lookups import lookups_of
from services.api.readers.position import entries, move, position
from services.api.readers.sinks import Piece, Put, Sink
from services.core.backoff import Backoff
from services.core.kafka_broker import Trouble

BATCH = 500
"""Entries at once."""
TURN = 20_261_122
"""Key of PostgreSQL's advisory lock: one process publishes at a time."""
MARK = 12
"""Hexadecimal digits of an entry's hash that tell it from what another history had in its place."""

LOG = structlog.get_logger()


class ReadsPublisher:
    """Follows the trail from a stored position, which moves once lookups are durable; no request waits for it."""

    def __init__(self, engine: AsyncEngine, sink: Sink, metrics: ApiMetrics, backoff: Backoff) -> None:
        self._engine = engine
        self._sink = sink
        self._metrics = metrics
        self._backoff = backoff
        self._stopping = asyncio.Event()
        self._problem: str | None = None

    def stop(self) -> None:
        """Ends `run` after the lookups in hand; what is not published stays for the next start."""
        self._stopping.set()

    async def run(self) -> None:
        """Publishes until told to stop."""
        while not self._stopping.is_set():
            try:
                more, trouble = await self._round()
            except Exception as error:  # noqa: BLE001 - a database that is away, or a fault of ours: neither may end it
                more, trouble = False, told(error)
            if trouble is not None:
                await self._wait(self._backed_off(trouble))
                continue
            self._resumed()
            if not more:
                await self._wait(self._sink.seconds)
        await asyncio.to_thread(self._sink.close)

    async def _round(self) -> tuple[bool, Trouble | None]:
        """One piece of the trail; whether more waits, and what kept it from being published."""
        async with turn(self._engine, TURN) as connection:
            if connection is None:
                return False, None
            since = await position(connection)
            found = await entries(connection, since, BATCH)
            if not found:
                return False, None
            piece = await self._piece(connection, found)
            put = await asyncio.to_thread(self._sink.put, piece) if piece.lookups else Put(piece.last)
            if put.through > since:
                async with writing(self._engine) as settling:
                    await move(settling, since, put.through)
        self._count(found, piece, put)
        return len(found) == BATCH, put.trouble

    async def _piece(self, connection: AsyncConnection, found: Sequence[Stored]) -> Piece:
        deeds = [deed for entry in found if isinstance(deed := deed_of(entry), Deed)]
        lookups = lookups_of(deeds, await known_of(connection, deeds)) if deeds else []
        return Piece(found[0].sequence, found[-1].sequence, found[0].hash.hex()[:MARK], lookups)

    def _count(self, found: Sequence[Stored], piece: Piece, put: Put) -> None:
        self._metrics.reads_published.inc(sum(each.sequence <= put.through for each in piece.lookups))
        for entry in found:
            if entry.sequence <= put.through and isinstance(reason := deed_of(entry), str):
                self._metrics.reads_not_published.labels(reason).inc()

    def _resumed(self) -> None:
        self._backoff.reset()
        if self._problem is not None:
            LOG.info("reads-publishing-resumed")
        self._problem = None

    def _backed_off(self, trouble: Trouble) -> float:
        """Seconds until the next try; a refusal needs a person, so it is tried again at the slowest pace only."""
        self._metrics.reads_troubles.labels("refused" if trouble.refused else "unavailable").inc()
        if trouble.problem != self._problem:
            event = "reads-publishing-refused" if trouble.refused else "reads-publishing-unavailable"
            LOG.warning(event, problem=trouble.problem)
        self._problem = trouble.problem
        return self._backoff.most if trouble.refused else self._backoff.after_failure()

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
