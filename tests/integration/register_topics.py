"""Register topics of a test's own, and messages on them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from kafka import KafkaAdminClient, KafkaProducer

from services.core.cloud_events import encode_event, kind_of
from services.core.contract import Record
from services.core.kafka_settings import load_kafka_settings
from services.core.topics import REGISTER_NAMES, topics
from services.detector.make_topics import Topic, make_topics
from services.detector.sources.registers import EVERY_REGISTER
from tests.datasets import lines

PARTITIONS = 2


@contextmanager
def made_register_topics(kafka: str) -> Iterator[str]:
    """Topics of all registers as they should be, with fewer partitions; gives what their names begin with."""
    prefix = f"test-{secrets.token_hex(8)}."
    settings = {topic.name.partition(".")[2]: topic.settings for topic in topics()}
    wanted = [Topic(f"{prefix}{name}", "", PARTITIONS, settings[name]) for name in REGISTER_NAMES]
    make_topics(wanted, 1, load_kafka_settings(bootstrap_servers=kafka))
    with closing(KafkaProducer(bootstrap_servers=kafka)) as producer:
        for topic in wanted:
            producer.partitions_for(topic.name)  # waits until the broker tells of it
    yield prefix
    with closing(KafkaAdminClient(bootstrap_servers=kafka)) as admin:
        admin.delete_topics([topic.name for topic in wanted])


def say(kafka: str, prefix: str, register: str, messages: Sequence[tuple[bytes | None, bytes | None]]) -> None:
    """Keys and values onto the topic of a register, in this order."""
    with closing(KafkaProducer(bootstrap_servers=kafka)) as producer:
        for sent in [producer.send(f"{prefix}{register}", value, key) for key, value in messages]:
            sent.get(timeout=30)


def row_events(register: str, rows: list[dict[str, object]]) -> list[bytes]:
    """Rows of a register as events."""
    record: Record = EVERY_REGISTER[register]
    told = lines(record, rows).splitlines()
    return [
        encode_event(
            line,
            str(place),
            "urn:nld:oin:00000001234567890000:systeem:hr",
            "2025-03-03T00:00:00Z",
            kind_of(record.name),
        )
        for place, line in enumerate(told)
    ]
