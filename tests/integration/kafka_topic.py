"""What tests put on a topic, and members of a group that read it into a store that all of them share."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from time import monotonic, sleep

import polars as pl
from kafka import KafkaConsumer, KafkaProducer
from kafka.consumer.fetcher import ConsumerRecord

from services.core.clock import SystemClock
from services.core.cloud_events import encode_lookup
from services.core.kafka_settings import load_kafka_settings
from services.detector.metrics import DetectorMetrics
from services.detector.sources.kafka.consumer import Consuming
from services.detector.sources.kafka.members import HasRoom, always
from services.detector.sources.kafka.source import KafkaSource
from services.detector.sources.slices import SourceSlice
from tests.unit.input.records import a_lookup, as_line

SOURCE = "urn:nld:oin:00000001234567890000:systeem:sonar"
PATIENCE_SECONDS = 120.0


def an_event(number: int) -> bytes:
    return encode_lookup(as_line(a_lookup(number)), f"sonar-{number}", SOURCE, "2025-03-28T09:00:00Z")


def lookup_ids(numbers: Iterable[int]) -> list[str]:
    return [f"sonar-{number}" for number in numbers]


def send(kafka: str, topic: str, values: Sequence[bytes | None], partition: int = 0, **settings: object) -> None:
    """Each value as a record of one partition, in this order."""
    with closing(KafkaProducer(bootstrap_servers=kafka, max_request_size=10_000_000, **settings)) as producer:
        sent = [producer.send(topic, value, key=b"e-1", partition=partition) for value in values]
        for future in sent:
            future.get(timeout=PATIENCE_SECONDS)


def records_on(topic: str, kafka: str) -> list[ConsumerRecord]:
    """All records of a topic, in order within each partition."""
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=kafka,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        isolation_level="read_committed",
    )
    found: list[ConsumerRecord] = []
    ends = None
    try:
        while ends is None or any(consumer.position(each) < end for each, end in ends.items()):
            for records in consumer.poll(200).values():
                found += records
            if consumer.assignment():
                ends = consumer.end_offsets(consumer.assignment())
    finally:
        consumer.close()
    return found


class FencedError(Exception):
    """Another member has claimed the partition since."""


@dataclass
class SharedStore:
    """Positions under epochs, and what was stored with them, as the database of several detectors holds them."""

    lookups: list[str] = field(default_factory=list)
    dead: list[tuple[str, str, list[str]]] = field(default_factory=list)
    positions: dict[str, int] = field(default_factory=dict)
    epochs: Counter[str] = field(default_factory=Counter)
    fenced: int = 0
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def reached(self, names: Collection[str]) -> dict[str, int]:
        with self._lock:
            return {name: at for name, at in self.positions.items() if name in names}

    def claim(self, name: str, mine: dict[str, int]) -> int | None:
        with self._lock:
            self.epochs[name] += 1
            mine[name] = self.epochs[name]
            return self.positions.get(name)

    def commit(self, piece: SourceSlice, mine: dict[str, int]) -> None:
        with self._lock:
            if mine[piece.partition] != self.epochs[piece.partition]:
                self.fenced += 1
                raise FencedError
            self.lookups += piece.lookups["lookup_id"].to_list()
            for position, codes in piece.dead.select("position", "codes").iter_rows():
                self.dead.append((piece.partition, position, codes))
            self.positions |= piece.positions


@dataclass
class Member:
    """A detector reduced to its reading side; `before_commit` is called with each slice."""

    source: KafkaSource
    store: SharedStore
    metrics: DetectorMetrics
    mine: dict[str, int]
    stop: threading.Event
    before_commit: Callable[[SourceSlice], None] = lambda _: None
    closed: bool = False

    def run(self) -> None:
        with closing(self.source):
            for piece in self.source.slices():
                self.closed = piece.closed
                if not piece.closed:
                    self.take(piece)

    def take(self, piece: SourceSlice) -> None:
        self.before_commit(piece)
        try:
            self.store.commit(piece, self.mine)
        except FencedError:
            self.source.reclaim(piece.partition)
        else:
            self.source.stored(piece)


def a_member(
    kafka: str,
    topic: str,
    store: SharedStore,
    bounded: bool = True,
    has_room: HasRoom = always,
    **consuming: object,
) -> Member:
    """A member of the group that is named after the topic."""
    mine: dict[str, int] = {}
    stop, metrics = threading.Event(), DetectorMetrics()
    settings = load_kafka_settings(bootstrap_servers=kafka)
    bounds = replace(Consuming(topic, f"group-of-{topic}", rows_per_slice=100, session_seconds=3.0), **consuming)

    def claim(name: str, _topic_id: str | None) -> int | None:
        return store.claim(name, mine)

    source = KafkaSource(
        settings, bounds, claim, stop, metrics, SystemClock(), bounded, store.reached, has_room=has_room
    )
    return Member(source, store, metrics, mine, stop)


@contextmanager
def running(*members: Member, run: Callable[[], None] | None = None) -> Iterator[None]:
    """The members at work, each in a thread of its own, or as `run` has it; told to stop at the end."""
    threads = [threading.Thread(target=run or member.run) for member in members]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for member in members:
            member.stop.set()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)


def await_that(true: Callable[[], bool], what: str) -> None:
    """Waits until it is so; fails after `PATIENCE_SECONDS`."""
    until = monotonic() + PATIENCE_SECONDS
    while not true():
        assert monotonic() < until, what
        sleep(0.02)


def read_whole(kafka: str, topic: str, **consuming: object) -> SharedStore:
    """Everything on the topic, as one member stores it."""
    store = SharedStore()
    a_member(kafka, topic, store, **consuming).run()
    return store


def all_of(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frames)
