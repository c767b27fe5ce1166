"""The fast unpacking of records against the client's own, on what a real broker keeps."""

from __future__ import annotations

from contextlib import closing

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

from services.core.kafka_connection import connection
from services.core.kafka_settings import load_kafka_settings
from services.detector.sources.kafka.consumer import Consuming, consumer_settings
from services.detector.sources.kafka.messages import Record
from services.detector.sources.kafka.records import Records
from tests.integration.kafka_topic import send
from tests.integration.services import NewTopicName

LARGE = 3 * 1024 * 1024
Found = tuple[list[Record], int]


def all_from(kafka: str, topic: str, first: int, fast: bool, rows: int = 7, isolation: str = "read_committed") -> Found:
    """All records of partition 0 from an offset on, taken few by few, and the position behind them."""
    settings = connection(load_kafka_settings(bootstrap_servers=kafka))
    bounds = consumer_settings(Consuming(topic, partition_fetch_bytes=20_000, rows_per_slice=rows))
    consumer = KafkaConsumer(**settings | bounds | {"group_id": None, "isolation_level": isolation})
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    records = Records(consumer, fast)
    assert records.fast is fast
    end = consumer.end_offsets([partition])[partition]
    consumer.seek(partition, first)
    found: list[Record] = []
    while (consumer.position(partition) or 0) < end:
        found += records.poll(1000).get(partition, ())
    position = consumer.position(partition)
    consumer.close()
    assert position is not None
    return found, position


def values(prefix: str, count: int) -> list[bytes | None]:
    """Of all sizes, with a tombstone among them."""
    return [None if number == 5 else f"{prefix}-{number}".encode() + b"x" * (number * 97) for number in range(count)]


def transact(kafka: str, topic: str, commits: bool, count: int, name: str) -> None:
    producer = KafkaProducer(bootstrap_servers=kafka, transactional_id=f"{name}-of-{topic}", batch_size=500)
    with closing(producer):
        producer.init_transactions()
        producer.begin_transaction()
        for value in values(name, count):
            producer.send(topic, value, key=b"k", partition=0)
        producer.flush()
        if commits:
            producer.commit_transaction()
        else:
            producer.abort_transaction()


@pytest.fixture(params=["CreateTime", "LogAppendTime"])
def topic(kafka: str, new_topic: NewTopicName, request: pytest.FixtureRequest) -> str:
    """Plain, compressed, large, transactional (committed and aborted), with headers, with a stretch deleted."""
    name = new_topic(configs={"max.message.bytes": "8000000", "message.timestamp.type": request.param})
    send(kafka, name, values("plain", 40), linger_ms=50)
    send(kafka, name, values("gzip", 40), linger_ms=50, compression_type="gzip")
    transact(kafka, name, True, 20, "committed")
    transact(kafka, name, False, 20, "aborted")
    send(kafka, name, values("zstd", 40), linger_ms=50, compression_type="zstd")
    send(kafka, name, [b"L" * LARGE, b"after the large one", b""])
    with closing(KafkaProducer(bootstrap_servers=kafka)) as producer:
        producer.send(name, b"value", headers=[("a", b"x" * 300), ("b", b"")], partition=0).get(timeout=30)
    transact(kafka, name, False, 10, "aborted-at-the-end")
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.delete_records({TopicPartition(name, 0): 3})
    admin.close()
    return name


def test_both_ways_find_the_same_from_every_offset(kafka: str, topic: str) -> None:
    stock, end = all_from(kafka, topic, 3, fast=False)
    assert len(stock) == 37 + 40 + 20 + 40 + 3 + 1
    assert not any(value and b"aborted" in value for _, value, _ in stock)
    assert all_from(kafka, topic, 3, fast=True) == (stock, end)
    for first in range(4, end, 13):
        assert all_from(kafka, topic, first, fast=True) == ([one for one in stock if one[0] >= first], end)


@pytest.mark.parametrize("rows", [1, 1000])
def test_both_ways_find_the_same_however_many_are_taken_at_once(kafka: str, topic: str, rows: int) -> None:
    assert all_from(kafka, topic, 3, True, rows) == all_from(kafka, topic, 3, False, rows)


def test_both_ways_find_the_same_where_aborted_records_count(kafka: str, topic: str) -> None:
    stock, end = all_from(kafka, topic, 3, False, isolation="read_uncommitted")
    assert any(value and b"aborted" in value for _, value, _ in stock)
    assert all_from(kafka, topic, 3, True, isolation="read_uncommitted") == (stock, end)
