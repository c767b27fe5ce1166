"""A dataset sent to a real broker is read back as it was, in order for each employee, on the right partitions."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from services.core.cloud_events import unwrap
from services.core.contract import LOOKUP
from services.core.kafka_settings import PREFIX, KafkaSettings
from services.core.topics import Topic
from services.detector.decode import decode_lines
from services.detector.make_topics import make_topics
from services.detector.replay.messages import messages, span
from services.detector.replay.send import PRODUCER
from services.detector.sources.dataset import all_lookups
from tests.integration.own_services import OwnService, own_service
from tests.integration.services import NewTopicName
from tests.processes import COMMAND, free_port, started
from tests.unit.command_line import run

PARTITIONS = 3
INVALID = (b"no JSON at all", b'{"lookup_id":"x","employee_id":"e1","occurred_at":"2025-03-03T13:00:00Z"}')


class Read(NamedTuple):
    """A message as it was read back."""

    key: bytes | None
    value: bytes
    partition: int


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fifty employees during a week, and two records that are no lookups."""
    folder = tmp_path_factory.mktemp("replay") / "dataset"
    assert run("simulate", folder, "--employees", 50, "--weeks", 1, "--seed", 4, "--json") == 0
    (folder / "lookups" / "zz.ndjson").write_bytes(b"\n".join(INVALID))
    return folder


@pytest.fixture
def topic(kafka: str, new_topic: NewTopicName, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(f"{PREFIX}BOOTSTRAP_SERVERS", kafka)
    return new_topic(PARTITIONS)


@pytest.mark.parametrize("most", [1, 50])
def test_what_arrives_is_what_the_files_hold(kafka: str, topic: str, dataset: Path, most: int) -> None:
    assert run("replay", dataset, "--to", "kafka", "--topic", topic, "--batch", str(most)) == 0
    before = all_lookups(dataset)
    records = list(everything_in(kafka, topic))
    found = [lookup for record in records for lookup in unwrap(record.value)]
    assert (len(records) < len(found)) is (most > 1)
    lines = [each if isinstance(each, bytes) else each.raw for each in found]
    after = decode_lines(lines, [""] * len(lines), LOOKUP, 10_000)
    order = ["lookup_id", "occurred_at"]
    assert after.valid.sort(order).equals(before.valid.sort(order))
    assert sorted(after.dead["raw"]) == sorted(before.dead["raw"])
    assert set(INVALID) <= set(after.dead["raw"])


def test_each_employee_has_one_partition_and_goes_forward_in_time(kafka: str, topic: str, dataset: Path) -> None:
    assert run("replay", dataset, "--to", "kafka", "--topic", topic) == 0
    partitions, times = defaultdict(set), defaultdict(list)
    for record in everything_in(kafka, topic):
        event = json.loads(record.value) if record.value not in INVALID else {}
        if "data" in event:
            assert record.key == event["data"]["employee_id"].encode()
            partitions[record.key].add(record.partition)
            times[record.key].append(event["time"])
    assert {len(each) for each in partitions.values()} == {1}
    assert len(set.union(*partitions.values())) == PARTITIONS
    assert all(each == sorted(each) for each in times.values())


def test_the_partition_is_the_one_that_any_client_would_choose(kafka: str, topic: str, dataset: Path) -> None:
    assert run("replay", dataset, "--to", "kafka", "--topic", topic) == 0
    chosen = {record.key: record.partition for record in everything_in(kafka, topic) if record.key}
    producer = KafkaProducer(bootstrap_servers=kafka)
    asked = {key: producer.send(topic, b"", key).get(30).partition for key in sorted(chosen)}
    producer.close()
    assert asked == chosen


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_replay_that_is_told_to_stop_says_how_far_it_came(
    kafka: str, topic: str, dataset: Path, tmp_path: Path, how: signal.Signals
) -> None:
    line = ("replay", dataset, "--to", "kafka", "--topic", topic, "--speed", "3600")
    with started(tmp_path / "home", *line, settings={f"{PREFIX}BOOTSTRAP_SERVERS": kafka}) as replay:
        while not list(everything_in(kafka, topic)):
            assert replay.process.poll() is None, replay.said
        ended = replay.told_to_stop(how)
    assert ended.code == 1
    [told] = ended.err.splitlines()
    count = re.fullmatch(r"doelbinding: replay: stopped; ([\d,]+) of [\d,]+ are in topic .*", told)
    assert count, told
    assert len(list(everything_in(kafka, topic))) == int(count[1].replace(",", ""))


def test_a_topic_that_is_not_there_is_named_with_what_to_do(
    topic: str, dataset: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PRODUCER, "max_block_ms", 300)
    assert run("replay", dataset, "--to", "kafka", "--topic", f"{topic}-elsewhere") == 1
    told = capsys.readouterr().err
    assert f"topic {topic}-elsewhere is not there" in told
    assert "doelbinding topics create" in told


@pytest.mark.slow
def test_brokers_that_are_away_are_named_with_what_to_look_at(dataset: Path) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    line = [str(COMMAND), "replay", str(dataset), "--to", "kafka"]
    environment = os.environ | {f"{PREFIX}BOOTSTRAP_SERVERS": nobody}
    ended = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert f"replay: no broker at {nobody} answered in time" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.slow
@pytest.mark.services
def test_a_broker_that_dies_in_the_middle_loses_nothing_and_has_nothing_twice(dataset: Path) -> None:
    lookups = all_lookups(dataset)
    first, last = span(lookups) or pytest.fail("no lookups")
    speed = (last - first).total_seconds() / 5
    with own_service("kafka") as broker:
        make_topics([Topic("lookups", "", PARTITIONS, {})], 1, KafkaSettings(bootstrap_servers=broker.address))
        line = [COMMAND, "replay", dataset, "--to", "kafka", "--topic", "lookups", "--speed", str(speed)]
        environment = os.environ | {f"{PREFIX}BOOTSTRAP_SERVERS": broker.address}
        with subprocess.Popen(line, env=environment, stdout=subprocess.DEVNULL, text=True) as replaying:
            await_messages(broker, replaying)
            broker.kill()
            broker.start()
        found = [record.value for record in everything_in(broker.address, "lookups")]
    assert replaying.returncode == 0
    assert sorted(found) == sorted(message.value for message in messages(lookups))


@pytest.mark.slow
@pytest.mark.services
def test_a_broker_that_stays_away_ends_the_replay_with_what_to_do(dataset: Path, tmp_path: Path) -> None:
    """The command with shorter time-outs than its own."""
    command = tmp_path / "impatient.py"
    command.write_text(
        "import sys\n"
        "from services.cli import run\n"
        "from services.detector.replay import send\n"
        "send.PRODUCER |= {'request_timeout_ms': 1_000, 'delivery_timeout_ms': 2_000}\n"
        "sys.exit(run(sys.argv[1:]))\n"
    )
    with own_service("kafka") as broker:
        make_topics([Topic("lookups", "", PARTITIONS, {})], 1, KafkaSettings(bootstrap_servers=broker.address))
        line = [sys.executable, command, "replay", dataset, "--to", "kafka", "--topic", "lookups", "--speed", "100_000"]
        environment = os.environ | {f"{PREFIX}BOOTSTRAP_SERVERS": broker.address}
        with subprocess.Popen(line, env=environment, stderr=subprocess.PIPE, text=True) as replaying:
            await_messages(broker, replaying)
            broker.kill()
            told = replaying.communicate()[1]
    assert replaying.returncode == 1
    assert re.fullmatch(r"doelbinding: replay: the brokers did not take a message .* are in the topic\. .*\n", told)


def await_messages(broker: OwnService, replaying: subprocess.Popen[str]) -> None:
    """Until the broker has written the first messages."""
    while not any(log.stat().st_size for log in (broker.folder / "kafka" / "data").glob("lookups-*/*.log")):
        assert replaying.poll() is None
        time.sleep(0.05)


def everything_in(kafka: str, topic: str) -> Iterator[Read]:
    """All records of a topic, partition by partition."""
    consumer = KafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest")
    partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    ends = consumer.end_offsets(partitions)
    for partition in partitions:
        consumer.assign([partition])
        read = 0
        while read < ends[partition]:
            records = consumer.poll(timeout_ms=1_000).get(partition, [])
            read += len(records)
            yield from (Read(record.key, record.value, record.partition) for record in records)
    consumer.close()
