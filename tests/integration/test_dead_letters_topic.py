"""What a detector cannot read of a real topic is told on another one, though its brokers or its topic come late."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from services.core.keyring import open_key_ring
from services.detector.deadletters import open_sealed
from tests.contract.test_asyncapi import check
from tests.integration.kafka_topic import send
from tests.integration.services import NewTopicName
from tests.integration.test_publishing import events_on
from tests.processes import doelbinding
from tests.unit.command_line import small_dataset

POISON = [b"{ no JSON", None, b'{"lookup_id": "960000008"}']


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return small_dataset(tmp_path / "agency")


def detect(home: Path, dataset: Path, topic: str, settings: Mapping[str, str]) -> None:
    line = ("detect", dataset, "--source", "kafka", "--topic", topic, "--group", topic, "--until-end")
    ended = doelbinding(home, *line, "--metrics-port", "0", settings=settings)
    assert ended.code == 0, ended.err
    assert "Traceback" not in ended.err


def events(kafka: str, topic: str) -> list[dict[str, object]]:
    found = [event for _, _, event in events_on(topic, kafka)]
    for event in found:
        check("deadLetter", event)
    return found


def test_what_cannot_be_read_is_told_under_seal(
    kafka: str, new_topic: NewTopicName, dataset: Path, tmp_path: Path
) -> None:
    topic, letters, home = new_topic(), new_topic(), tmp_path / "home"
    settings = {"DOELBINDING_KAFKA_BOOTSTRAP_SERVERS": kafka, "DOELBINDING_DETECTOR_DEAD_LETTERS_TOPIC": letters}
    send(kafka, topic, POISON)
    detect(home, dataset, topic, settings)
    found = events(kafka, letters)
    by_position = {event["data"]["position"]: event["data"] for event in found}
    assert sorted(by_position) == ["offset 0", "offset 1", "offset 2"]
    assert {event["data"]["partition"] for event in found} == {f"{topic}/0"}
    assert b"960000008" not in msgspec.json.encode(found)
    sealed = msgspec.json.decode(msgspec.json.encode(by_position["offset 0"]["sealed"]), type=bytes)
    assert open_sealed(sealed, "lookup", "offset 0", open_key_ring(home / "keyring.json")) == POISON[0]
    detect(home, dataset, topic, settings)
    assert len(events(kafka, letters)) == len(POISON)


@pytest.mark.slow
def test_letters_that_could_not_be_told_are_told_at_a_later_start(
    kafka: str, new_topic: NewTopicName, dataset: Path, tmp_path: Path
) -> None:
    topic, home = new_topic(), tmp_path / "home"
    brokers = {"DOELBINDING_KAFKA_BOOTSTRAP_SERVERS": kafka}
    send(kafka, topic, POISON)
    detect(home, dataset, topic, brokers | {"DOELBINDING_DETECTOR_DEAD_LETTERS_TOPIC": "test-that-nobody-made"})
    letters = new_topic()
    detect(home, dataset, topic, brokers | {"DOELBINDING_DETECTOR_DEAD_LETTERS_TOPIC": letters})
    told = sorted(event["data"]["position"] for event in events(kafka, letters))
    assert told == ["offset 0", "offset 1", "offset 2"]
