"""Lookups of the future on a real topic: whoever reads them again later finds the same as who read them first."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from services.core.clock import SystemClock
from services.core.kafka_settings import load_kafka_settings
from services.core.keyring import new_key_ring
from services.core.topics import LOOKUPS_TOPIC, topics
from services.detector.arriving import Arriving
from services.detector.metrics import DetectorMetrics
from services.detector.pipeline import Pipeline
from services.detector.reading import Reader
from services.detector.settings import AgencySettings
from services.detector.sources.kafka.consumer import Consuming
from services.detector.sources.kafka.source import KafkaSource
from services.detector.state.connection import sqlite_url
from services.detector.state.migrate import migrate
from services.detector.state.readings import Readings
from services.detector.state.store import Store
from tests.integration.kafka_topic import lookup_ids, send
from tests.integration.services import NewTopicName
from tests.unit.input.records import a_lookup, as_line
from tests.vaults import a_sealer

RING = new_key_ring()
[OF_LOOKUPS] = [topic for topic in topics() if topic.name == LOOKUPS_TOPIC]


@dataclass(frozen=True)
class Later:
    """A clock that goes ahead."""

    ahead: timedelta

    def now(self) -> datetime:
        return SystemClock().now() + self.ahead


def read(kafka: str, topic: str, home: Path, ahead: timedelta, fast: bool) -> tuple[list[str], list[str]]:
    """What a detector that begins anew takes for lookups, and the codes of its dead letters."""
    home.mkdir()
    url, stop, metrics, clock = sqlite_url(home / "d.sqlite"), Event(), DetectorMetrics(), Later(ahead)
    migrate(url)
    with closing(Readings(url, RING, clock)) as readings, closing(Store(url, clock)) as store:
        source = KafkaSource(
            load_kafka_settings(bootstrap_servers=kafka),
            Consuming(topic, f"{home.name}-of-{topic}", fast=fast),
            lambda name, topic_id: readings.claim(name, topic_id).next,
            stop,
            metrics,
            clock,
            bounded=True,
        )
        pipeline = Pipeline(AgencySettings(), RING)
        reader = Reader(pipeline, clock, a_sealer(pipeline))
        with closing(source):
            Arriving(source, reader, readings, RING, metrics, Event(), stop).run()
        lookups = [name for one in store.arrivals(1_000, RING) for name in one.lookups["lookup_id"]]
        return lookups, store.dead_letters()["codes"].explode().to_list()


@pytest.mark.parametrize("fast", [True, False], ids=["fast", "stock"])
def test_a_lookup_after_its_receipt_is_one_of_the_future_whenever_it_is_read(
    kafka: str, new_topic: NewTopicName, tmp_path: Path, fast: bool
) -> None:
    topic = new_topic(configs=OF_LOOKUPS.settings)
    now = datetime.now(UTC)  # noqa: TID251 - the broker's clock is the machine's, and stands in the records
    moments = [now - timedelta(days=1), now + timedelta(minutes=4), now + timedelta(minutes=30)]
    lookups = [as_line(a_lookup(number, occurred_at=moment.isoformat())) for number, moment in enumerate(moments)]
    send(kafka, topic, lookups)
    expected = (lookup_ids([0, 1]), ["future-time"])
    assert read(kafka, topic, tmp_path / "first", timedelta(0), fast) == expected
    assert read(kafka, topic, tmp_path / "later", timedelta(hours=2), fast) == expected
