"""A topic that is deleted and made anew under its name: it is not read on, and the way out leads on."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from prometheus_client.utils import floatToGoString

from services.core.errors import DoelbindingError
from services.detector.state.taking import STILL_READ_SECONDS
from tests.integration.kafka_topic import SharedStore, a_member, an_event, await_that, lookup_ids, running, send
from tests.integration.services import NewTopicName
from tests.processes import Started, free_port, started
from tests.unit.input.records import a_lookup, as_line, write_registers
from tests.world import local

FIRST_DAY = local("2025-03-03 09:00")


def made_anew(kafka: str, topic: str, partitions: int = 1) -> None:
    with closing(KafkaAdminClient(bootstrap_servers=kafka)) as admin:
        admin.delete_topics([topic])
        await_that(lambda: topic not in admin.list_topics(), "the topic is gone")
        admin.create_topics({topic: {"num_partitions": partitions}})
    with closing(KafkaProducer(bootstrap_servers=kafka)) as producer:
        producer.partitions_for(topic)  # waits until the broker tells of it


def of_days(*days: int) -> list[bytes]:
    """A lookup at nine o'clock of each day."""
    moments = [FIRST_DAY + timedelta(days=day) for day in days]
    return [as_line(a_lookup(day, occurred_at=at.isoformat())) for day, at in zip(days, moments, strict=True)]


class Desk:
    """A home folder and registers, and detectors over a topic."""

    def __init__(self, home: Path, kafka: str) -> None:
        self.home, self.kafka = home, kafka
        write_registers(home / "agency")

    @contextmanager
    def detector(self, topic: str) -> Iterator[tuple[Started, str]]:
        """A running detector, and the address of its metrics."""
        port = free_port()
        line = ["detect", self.home / "agency", "--source", "kafka", "--topic", topic, "--group", topic]
        where = ["--api", "http://127.0.0.1:1", "--metrics-port", str(port)]
        settings = {"DOELBINDING_KAFKA_BOOTSTRAP_SERVERS": self.kafka}
        with started(self.home, *line, *where, settings=settings) as running_one:
            yield running_one, f"http://127.0.0.1:{port}"

    def change(self, what: str, *values: object) -> None:
        with closing(sqlite3.connect(self.home / "detector.sqlite")) as connection, connection:
            connection.execute(f"UPDATE partitions SET {what}", values)


def watermark(day: int) -> str:
    """How the metrics tell that all is decided up to an hour before the lookup of that day."""
    decided = FIRST_DAY + timedelta(days=day, hours=-1)
    return f"doelbinding_watermark_timestamp_seconds {re.escape(floatToGoString(decided.timestamp()))}\n"


@pytest.mark.slow
def test_a_topic_made_anew_that_outgrew_what_was_read_is_told_and_read_under_another_name(
    kafka: str, new_topic: NewTopicName, tmp_path: Path
) -> None:
    desk, topic, other = Desk(tmp_path, kafka), new_topic(), new_topic()
    send(kafka, topic, of_days(0, 1))
    with desk.detector(topic) as (detector, page):
        detector.until_metrics_say(page, watermark(1))
        detector.told_to_stop()
    made_anew(kafka, topic)
    send(kafka, topic, of_days(2, 3, 4, 5, 6))
    with desk.detector(topic) as (detector, _):
        ended = detector.ended()
    assert ended.code == 1
    assert f"partition {topic}/0: the topic was made anew" in ended.err
    assert "Traceback" not in ended.err
    desk.change("behind = true, told_us = told_us - ?", STILL_READ_SECONDS * 1_000_000)
    send(kafka, other, of_days(2, 3, 4, 5, 6))
    with desk.detector(other) as (detector, page):
        detector.until_metrics_say(page, watermark(6))
        detector.told_to_stop()


@pytest.mark.slow
def test_a_topic_made_anew_while_it_is_read_ends_the_detector(kafka: str, new_topic: NewTopicName) -> None:
    topic, store = new_topic(), SharedStore()
    send(kafka, topic, [an_event(0)])
    member = a_member(kafka, topic, store, bounded=False, stall_seconds=4.0)
    told: list[str] = []

    def run() -> None:
        with pytest.raises(DoelbindingError) as error:
            member.run()
        told.append(str(error.value))

    with running(member, run=run):
        await_that(lambda: store.lookups == lookup_ids([0]), "it reads")
        made_anew(kafka, topic)
        send(kafka, topic, [an_event(number) for number in range(10)])
        await_that(lambda: told != [], "it ends")
    assert f"partition {topic}/0: the topic was made anew while it was read" in told[0]
