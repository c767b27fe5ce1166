"""Topics are made on a real broker once, and an existing one is compared and never changed."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from kafka import KafkaAdminClient

from services.core.errors import DoelbindingError
from services.core.kafka_settings import KafkaSettings, load_kafka_settings
from services.core.topics import Topic, topics
from services.detector.make_topics import make_topics
from services.doctor.findings import Status
from services.doctor.topic import examine_topic
from tests.processes import free_port, started
from tests.unit.command_line import run


@pytest.fixture
def brokers(kafka: str, monkeypatch: pytest.MonkeyPatch) -> KafkaSettings:
    monkeypatch.setenv("DOELBINDING_KAFKA_BOOTSTRAP_SERVERS", kafka)
    return load_kafka_settings()


@pytest.fixture
def wanted(kafka: str) -> Iterator[Topic]:
    """A topic that nobody has made yet; deleted after the test."""
    name = f"test-{secrets.token_hex(8)}"
    yield Topic(name, "something", 2, {"retention.ms": "3600000"})
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    if name in {found["name"] for found in admin.describe_topics() if not found["error_code"]}:
        admin.delete_topics([name])
    admin.close()


def test_a_missing_topic_is_made_and_then_found_as_it_should_be(brokers: KafkaSettings, wanted: Topic) -> None:
    [made] = make_topics([wanted], None, brokers)
    [again] = make_topics([wanted], None, brokers)
    assert (made.new, again.new) == (True, False)
    assert again.differences == ()


def test_an_existing_topic_is_compared_and_left_as_it_is(brokers: KafkaSettings, wanted: Topic) -> None:
    make_topics([wanted], 1, brokers)
    other = Topic(wanted.name, wanted.holds, 5, {"retention.ms": "1"})
    for _ in range(2):
        [found] = make_topics([other], 1, brokers)
        assert found.differences == ("has 2 partitions instead of 5", "has retention.ms=3600000 instead of 1")


def test_the_brokers_refusal_is_told_for_every_topic(brokers: KafkaSettings, wanted: Topic) -> None:
    with pytest.raises(DoelbindingError) as told:
        make_topics([wanted, Topic(f"{wanted.name}-2", "", 1, {})], 7, brokers)
    assert str(told.value).count("the brokers refuse to make it") == 2


@pytest.mark.usefixtures("brokers")
def test_the_real_topics_fit_a_real_broker(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("topics", "create") == 0
    assert run("topics", "create") == 0
    assert "doelbinding.lookups: is there" in capsys.readouterr().out


def test_retention_and_partitions_of_the_lookups_can_be_chosen() -> None:
    lookups = topics(24, timedelta(days=2))[0]
    assert (lookups.partitions, lookups.settings["retention.ms"]) == (24, "172800000")


def test_doctor_tells_whose_clock_the_records_of_lookups_bear(
    kafka: str, brokers: KafkaSettings, wanted: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOELBINDING_DETECTOR_TOPIC", wanted.name)
    [missing] = examine_topic(brokers)
    assert missing.status is Status.FAULT
    assert "doelbinding topics create" in missing.message
    make_topics([replace(wanted, settings={"message.timestamp.type": "CreateTime"})], 1, brokers)
    [found] = examine_topic(brokers)
    assert found.status is Status.WARNING
    assert f"topic {wanted.name}: has message.timestamp.type=CreateTime" in found.message
    monkeypatch.setenv("DOELBINDING_DETECTOR_TOPIC", f"{wanted.name}-right")
    right = replace(wanted, name=f"{wanted.name}-right", settings={"message.timestamp.type": "LogAppendTime"})
    make_topics([right], 1, brokers)
    assert [finding.status for finding in examine_topic(brokers)] == [Status.OK]
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.delete_topics([right.name])
    admin.close()


def test_doctor_tells_that_no_broker_answers(tmp_path: Path) -> None:
    with started(
        tmp_path, "doctor", "--json", settings={"DOELBINDING_KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{free_port()}"}
    ) as doctor:
        assert doctor.ended().code == 1, doctor.said
    assert "topic: no broker at 127.0.0.1" in doctor.said
