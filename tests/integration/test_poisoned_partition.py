"""A partition of mostly poison is left alone, the others are read on, and in the end nothing of it is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy.engine import URL

from services.core.clock import SystemClock
from services.core.kafka_settings import load_kafka_settings
from services.core.keyring import new_key_ring
from services.detector.arriving import Arriving
from services.detector.beside import beside
from services.detector.breaker import Breakers
from services.detector.metrics import DetectorMetrics
from services.detector.pipeline import Pipeline
from services.detector.poison import Breaking
from services.detector.reading import Reader
from services.detector.settings import AgencySettings
from services.detector.sources.kafka.consumer import Consuming
from services.detector.sources.kafka.source import KafkaSource
from services.detector.state.connection import sqlite_url
from services.detector.state.migrate import migrate
from services.detector.state.readings import Readings
from services.detector.state.store import Store
from tests.integration.kafka_topic import an_event, await_that, lookup_ids, send
from tests.integration.services import NewTopicName
from tests.vaults import a_sealer

RING = new_key_ring()
POISON = b'{"from": "a release of the source system that nobody told of"}'
BRIEF = Breaking(window=200, pause_seconds=0.05, longest_pause_seconds=0.1)
LONG = Breaking(window=200, pause_seconds=3_600, longest_pause_seconds=3_600)


@pytest.fixture
def url(tmp_path: Path) -> URL:
    url = sqlite_url(tmp_path / "d.sqlite")
    migrate(url)
    return url


@contextmanager
def reading(kafka: str, topic: str, url: URL, breaking: Breaking) -> Iterator[DetectorMetrics]:
    """A reader of the topic at work."""
    stop, metrics, clock = Event(), DetectorMetrics(), SystemClock()
    with closing(Readings(url, RING, clock)) as readings:

        def claim(name: str, topic_id: str | None) -> int | None:
            claimed = readings.claim(name, topic_id)
            breakers.claimed(name, claimed.poison)
            return claimed.next

        consuming = Consuming(topic, f"group-of-{topic}", rows_per_slice=1_000, session_seconds=3.0)
        settings = load_kafka_settings(bootstrap_servers=kafka)
        source = KafkaSource(settings, consuming, claim, stop, metrics, clock, expect=readings.expect)
        breakers = Breakers(source, breaking)
        pipeline = Pipeline(AgencySettings(), RING)
        reader = Reader(pipeline, clock, a_sealer(pipeline))
        arriving = Arriving(source, reader, readings, RING, metrics, Event(), stop, breakers)
        with closing(source), beside(arriving.run, "arriving", stop):
            yield metrics


@pytest.fixture
def store(url: URL) -> Iterator[Store]:
    with closing(Store(url, SystemClock())) as store:
        yield store


def arrived(store: Store, partition: str) -> list[str]:
    found = store.arrivals(1_000_000, RING)
    return [name for one in found if one.partition == partition for name in one.lookups["lookup_id"]]


def letters(store: Store) -> int:
    return store.dead_letters().height


def breakers(metrics: DetectorMetrics, state: str) -> float | None:
    return metrics.registry.get_sample_value("doelbinding_kafka_breakers", {"state": state})


def test_what_lies_behind_poison_is_reached_and_each_record_is_stored_once(
    kafka: str, new_topic: NewTopicName, url: URL, store: Store
) -> None:
    topic = new_topic()
    send(kafka, topic, [an_event(number) for number in range(300)])
    send(kafka, topic, [POISON] * 1_000)
    send(kafka, topic, [an_event(number) for number in range(300, 600)])
    with reading(kafka, topic, url, BRIEF) as metrics:
        await_that(lambda: len(arrived(store, f"{topic}/0")) == 600, "everything behind the poison is read")
        await_that(lambda: breakers(metrics, "closed") == 1, "the partition is trusted again")
    assert arrived(store, f"{topic}/0") == lookup_ids(range(600))
    assert sorted(store.dead_letters()["position"]) == sorted(f"offset {number}" for number in range(300, 1_300))


def test_a_poisoned_partition_fills_no_table_and_holds_up_no_other_until_that_is_asked_for(
    kafka: str, new_topic: NewTopicName, url: URL, store: Store
) -> None:
    topic = new_topic(partitions=2)
    send(kafka, topic, [an_event(number) for number in range(200)] + [POISON] * 4_800)
    with reading(kafka, topic, url, LONG) as metrics:
        await_that(lambda: breakers(metrics, "open") == 1, "the partition is left alone")
        send(kafka, topic, [an_event(number) for number in range(1_000, 1_500)], partition=1)
        await_that(lambda: len(arrived(store, f"{topic}/1")) == 500, "the other partition is read")
        await_that(lambda: f"{topic}/1" not in store.behind({f"{topic}/1": 1_000}, topic), "it is read to its end")
        assert f"{topic}/0" in store.behind({f"{topic}/0": 1_000}, topic)
    tried = letters(store)
    assert 0 < tried <= 400
    with reading(kafka, topic, url, LONG) as metrics:
        await_that(lambda: breakers(metrics, "open") == 1, "after a restart it is tried once, and left alone")
    assert tried < letters(store) <= tried + 100
    with reading(kafka, topic, url, replace(LONG, never=True)):
        await_that(lambda: letters(store) == 4_800, "all of it is taken")
    assert arrived(store, f"{topic}/0") == lookup_ids(range(200))


def test_the_engine_does_not_wait_for_a_poisoned_partition_for_ever(
    kafka: str, new_topic: NewTopicName, url: URL, store: Store
) -> None:
    topic = new_topic()
    send(kafka, topic, [POISON] * 5_000)
    with reading(kafka, topic, url, Breaking(pause_seconds=0.05, longest_pause_seconds=3_600, holds_back_seconds=0)):
        await_that(lambda: not store.behind({}, topic), "nothing waits for it any more")
    assert letters(store) < 5_000
