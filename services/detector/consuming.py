"""`detect` over a topic: one detector of a group, which reads its partitions, and decides where it owns the engine."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event

import httpx
from sqlalchemy.engine import URL

from services.core.client_settings import DETECTOR, open_account
from services.core.clock import Clock
from services.core.kafka_broker import KafkaBroker
from services.core.kafka_settings import KafkaSettings
from services.core.keyring import KeyRing, open_key_ring
from services.core.topics import MOST_LETTER_BYTES
from services.core.vault_keys import open_public_key
from services.detector.arriving import Arriving, has_room
from services.detector.beside import beside
from services.detector.breaker import Breakers
from services.detector.deliver import CALL_SECONDS, Deliverer, delivering
from services.detector.following import FollowedRegisters
from services.detector.lease import LEASE_SECONDS, Lease
from services.detector.metrics import DetectorMetrics
from services.detector.owning import Bury, Followed, Owner
from services.detector.patience import Patience
from services.detector.pipeline import Pipeline
from services.detector.poison import Breaking
from services.detector.reading import Reader
from services.detector.register_topics.following import RegisterTopics
from services.detector.sealing import Sealer
from services.detector.settings import AgencySettings
from services.detector.sources.kafka.consumer import Consuming
from services.detector.sources.kafka.source import KafkaSource
from services.detector.state.readings import Readings
from services.detector.state.store import Store
from services.detector.stopping import until_told_to_stop
from services.detector.telling_letters import LetterTeller, telling_letters
from services.detector.turns import Turns
from services.detector.watching import PATIENCE_SECONDS, metrics_page, opened

SLICES_PER_STEP = 5
"""Full slices that the engine takes at once where many wait: half of what a step of one slice costs is the step's."""


@dataclass(frozen=True)
class ConsumeOptions:
    """What is read in which group, and where the detector keeps and delivers.

    `registers` is a dataset directory, of which lookups are not read, or tells their topics. All detectors of a group
    have the same `database`.
    """

    registers: Path | RegisterTopics
    api: str
    home: Path
    database: URL
    kafka: KafkaSettings
    consuming: Consuming
    breaking: Breaking = field(default_factory=Breaking)
    dead_letters_topic: str = ""
    """Where new dead letters are told; empty: nowhere."""
    event_source: str = ""
    until_end: bool = False
    """Stop when all is decided that was in the topic at the start."""
    metrics_port: int = 0
    patience_seconds: float = PATIENCE_SECONDS
    lease_seconds: float = LEASE_SECONDS

    @property
    def tells_letters(self) -> bool:
        """Whether dead letters go to a topic as well."""
        return bool(self.dead_letters_topic)


def consume(
    options: ConsumeOptions, settings: AgencySettings, clock: Clock, metrics: DetectorMetrics | None = None
) -> dict[str, int]:
    """Runs until SIGTERM or SIGINT, or with `until_end` until everything is decided; what this detector decided on.

    Raises InputError for settings that are wrong, and DoelbindingError for what only a restart can mend.
    """
    ring = open_key_ring(options.home / "keyring.json")
    public = open_public_key(options.home)
    metrics, stop, news = metrics or DetectorMetrics(), Event(), Event()
    with (
        metrics_page(metrics, options.metrics_port),
        until_told_to_stop(stop),
        closing(opened(options.database, clock, stop, letters_to_tell=options.tells_letters)) as store,
        closing(Readings(options.database, ring, clock, letters_to_tell=options.tells_letters)) as readings,
    ):
        turns = Turns()
        source, breakers = source_of(options, readings, stop, metrics, clock, turns)
        pipeline = Pipeline(settings, ring)
        sealer = Sealer(public, pipeline.pseudonyms, Patience(stop).later(store.identities.keys))
        reader = Reader(pipeline, clock, sealer)
        arriving = Arriving(source, reader, readings, ring, metrics, news, stop, breakers)
        owner = owner_of(options, settings, ring, sealer, store, metrics, clock, news, arriving.ended, stop, turns)
        with closing(source), beside(arriving.run, "arriving", stop, news):
            owner.run()
    return dict(owner.counted)


def source_of(
    options: ConsumeOptions,
    readings: Readings,
    stop: Event,
    metrics: DetectorMetrics,
    clock: Clock,
    turns: Turns,
) -> tuple[KafkaSource, Breakers]:
    """The topic, whose partitions are claimed in the store, and what leaves a partition of poison alone."""

    def claim(partition: str, topic_id: str | None) -> int | None:
        claimed = readings.claim(partition, topic_id)
        breakers.claimed(partition, claimed.poison)
        return claimed.next

    source = KafkaSource(
        options.kafka,
        options.consuming,
        claim,
        stop,
        metrics,
        clock,
        bounded=options.until_end,
        reached=readings.reached,
        expect=readings.expect,
        turns=turns,
        has_room=partial(has_room, readings),
    )
    breakers = Breakers(source, options.breaking, bounded=options.until_end, clock=clock)
    return source, breakers


def owner_of(
    options: ConsumeOptions,
    settings: AgencySettings,
    ring: KeyRing,
    sealer: Sealer,
    store: Store,
    metrics: DetectorMetrics,
    clock: Clock,
    news: Event,
    ended: Event,
    stop: Event,
    turns: Turns,
) -> Owner:
    """The part of the detector that decides, and delivers what it decides."""
    sources = settings.sources_for_monitoring()
    pipeline = Pipeline(settings, ring)
    token = open_account(DETECTOR, options.home, "detector")

    @contextmanager
    def deliverer() -> Iterator[Deliverer]:
        with (
            telling_letters(_teller(options, store, metrics)),
            httpx.Client(base_url=options.api, timeout=CALL_SECONDS) as client,
            delivering(Deliverer(store, client, token, clock, metrics=metrics)) as running,
        ):
            yield running

    def open_registers(known: str | None, bury: Bury) -> AbstractContextManager[Followed | None]:
        if isinstance(options.registers, RegisterTopics):
            return options.registers.opened(known, bury, pipeline, sources, ring, metrics, clock, stop)
        return nullcontext(FollowedRegisters(options.registers, pipeline, sources, known))

    return Owner(
        store=store,
        lease=Lease(store, f"{socket.gethostname()}/{secrets.token_hex(8)}", options.lease_seconds),
        reader=Reader(pipeline, clock, sealer),
        pipeline=pipeline,
        ring=ring,
        registers=open_registers,
        deliverer=deliverer,
        metrics=metrics,
        clock=clock,
        topic=options.consuming.topic,
        rows_per_step=options.consuming.rows_per_slice * SLICES_PER_STEP,
        patience_seconds=options.patience_seconds,
        news=news,
        ended=ended,
        stop=stop,
        events_per_record=options.consuming.events_per_record,
        turns=turns,
    )


def _teller(options: ConsumeOptions, store: Store, metrics: DetectorMetrics) -> LetterTeller | None:
    if not options.tells_letters:
        return None
    broker = KafkaBroker(options.kafka, options.dead_letters_topic, MOST_LETTER_BYTES)
    return LetterTeller(store.untold, broker, options.event_source, metrics)
