"""The services that the other tests stand on are what they are taken for: a real broker, a real and durable server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from tests.integration.own_services import own_service
from tests.integration.services import REQUIRED, NewTopicName

CHECKOUT = Path(__file__).parents[2]


def test_a_message_sent_to_the_broker_is_read_back(kafka: str, new_topic: NewTopicName) -> None:
    topic = new_topic(partitions=2)
    producer = KafkaProducer(bootstrap_servers=kafka)
    assert producer.send(topic, b"value", key=b"key", partition=1).get(timeout=30).offset == 0
    producer.close()
    consumer = KafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest", consumer_timeout_ms=30_000)
    consumer.assign([TopicPartition(topic, 1)])
    record = next(consumer)
    consumer.close()
    assert (record.key, record.value) == (b"key", b"value")


def test_a_topic_is_never_made_by_accident(kafka: str) -> None:
    consumer = KafkaConsumer(bootstrap_servers=kafka)
    assert not consumer.partitions_for_topic("never-made")
    assert "never-made" not in consumer.topics()
    consumer.close()


def test_each_test_has_an_empty_database_whose_commits_are_durable(postgresql: str) -> None:
    engine = sa.create_engine(postgresql)
    with engine.connect() as connection:
        assert sa.inspect(connection).get_table_names() == []
        settings = [connection.execute(sa.text(f"SHOW {name}")).scalar() for name in ("fsync", "synchronous_commit")]
    engine.dispose()
    assert settings == ["on", "on"]


@pytest.mark.slow
@pytest.mark.services
def test_a_database_of_ones_own_keeps_what_was_committed_when_it_is_killed() -> None:
    with own_service("postgresql") as server:
        engine = sa.create_engine(server.address, poolclass=sa.NullPool)
        with engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE kept AS SELECT 1 AS number"))
        server.kill()
        server.start()
        with engine.connect() as connection:
            assert connection.execute(sa.text("SELECT number FROM kept")).scalar() == 1


@pytest.mark.slow
@pytest.mark.parametrize("required", REQUIRED)
def test_without_its_service_a_test_fails_where_services_are_required(required: str) -> None:
    assert _run_without_services({required: "true"}).returncode == 1


@pytest.mark.slow
def test_elsewhere_one_line_says_what_is_not_tested() -> None:
    ended = _run_without_services({})
    assert ended.returncode == 0
    assert ended.stdout.count("nothing is tested against a real Kafka and PostgreSQL") == 1


def _run_without_services(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-m", "services and not slow", __file__]
    clean = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(CHECKOUT)} | environment
    return subprocess.run(command, cwd=CHECKOUT, env=clean, capture_output=True, text=True, check=False)
