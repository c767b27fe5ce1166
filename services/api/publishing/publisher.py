"""The outbox of events onto the topic: at least once, in order for each signal, for as long as it takes."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.db.engine import writing
from services.api.metrics import ApiMetrics
from services.api.publishing import outbox
from services.api.publishing.events import Publication, encode_event
from services.api.publishing.settings import EventSettings
from services.api.publishing.turns import told, turn
from services.core.backoff import Backoff
from services.core.clock import Clock
from services.core.cloud_events import CONTENT_TYPE
from services.core.kafka_broker import Broker, Message, Sent, Trouble

BATCH = 200
IDLE_SECONDS = 1.0
"""How often the outbox is looked at when nobody calls `wake`: what another process of the API wrote is found so."""
TURN = 20_081_215
"""Key of PostgreSQL's advisory lock: one process publishes at a time, so that revisions keep their order."""

LOG = structlog.get_logger()


class Publisher:
    """A task of the event loop; it blocks no request, and the API is ready whether or not a broker answers."""

    def __init__(
        self,
        engine: AsyncEngine,
        events: EventSettings,
        broker: Broker,
        clock: Clock,
        metrics: ApiMetrics,
        backoff: Backoff,
    ) -> None:
        self._engine = engine
        self._events = events
        self._broker = broker
        self._clock = clock
        self._metrics = metrics
        self._backoff = backoff
        self._work, self._stopping = asyncio.Event(), asyncio.Event()
        self._problem: str | None = None

    def wake(self) -> None:
        """Tells that a transaction may have added publications."""
        self._work.set()

    def stop(self) -> None:
        """Ends `run` after the messages in hand; what is not sent stays in the outbox."""
        self._stopping.set()
        self._work.set()

    async def run(self) -> None:
        """Publishes until told to stop. First it adds what was pushed while nothing was published."""
        caught_up = False
        while not self._stopping.is_set():
            self._work.clear()  # before the outbox is read, so that no transaction slips through between
            try:
                if not caught_up:
                    await self._catch_up()
                    caught_up = True
                more = await self._round()
            except Exception as error:  # noqa: BLE001 - a database that is away, or a fault of ours: neither may end publishing
                await self._wait(self._stopping, self._backed_off(told(error)))
            else:
                if not more:
                    await self._wait(self._work, IDLE_SECONDS)
        await asyncio.to_thread(self._broker.close)

    async def _catch_up(self) -> None:
        async with writing(self._engine) as connection:
            added = await outbox.enqueue_untold(connection, self._clock.now())
        if added:
            LOG.info("publishing-catches-up", signals=added)

    async def _round(self) -> bool:
        """Sends what waits, once; whether to look again at once."""
        async with turn(self._engine, TURN) as connection:
            publications = await outbox.pending(connection, BATCH) if connection else []
            if not publications:
                return False
            sent = await asyncio.to_thread(self._broker.send, [self._message(each) for each in publications])
            if sent.rows:
                async with writing(self._engine) as settling:
                    await outbox.mark_sent(settling, sent.rows, self._clock.now())
        await self._take_note(sent)
        return True

    async def _take_note(self, sent: Sent) -> None:
        self._metrics.publications.labels("sent").inc(len(sent.rows))
        if sent.trouble is not None:
            await self._wait(self._stopping, self._backed_off(sent.trouble))
            return
        self._backoff.reset()
        if self._problem is not None:
            LOG.info("publishing-resumed")
        self._problem = None

    def _message(self, publication: Publication) -> Message:
        event = encode_event(publication, self._events.event_source, self._events.public_url)
        headers = {"content-type": CONTENT_TYPE.encode()}
        return Message(publication.row, publication.signal_id.encode(), event, headers)

    def _backed_off(self, trouble: Trouble) -> float:
        """Seconds until the next try; a refusal needs a person, so it is tried again at the slowest pace only."""
        self._metrics.publications.labels("refused" if trouble.refused else "unavailable").inc()
        if trouble.problem != self._problem:
            LOG.warning("publishing-refused" if trouble.refused else "publishing-unavailable", problem=trouble.problem)
        self._problem = trouble.problem
        return self._backoff.most if trouble.refused else self._backoff.after_failure()

    async def _wait(self, until: asyncio.Event, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(until.wait(), seconds)
