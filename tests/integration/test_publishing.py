"""Pushed signals on a real topic: each revision there, in order, though the API is killed again and again."""

from __future__ import annotations

import gc
import json
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from threading import Timer

import httpx
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from services.api.db.migrate import migrate
from services.api.embedded import EmbeddedApi
from services.api.main import Publishing
from services.api.settings import load_settings
from services.core.kafka_broker import KafkaBroker, Message
from services.core.kafka_settings import KafkaSettings
from services.core.tokens import open_tokens
from tests.identities import pseudonyms_in
from tests.integration.kafka_topic import records_on
from tests.processes import free_port, started
from tests.unit.api.conftest import a_signal
from tests.unit.api.test_publishing import EVENTS, LATER, SCHEMA, RememberingBroker, until

KILLS = 6
Event = dict[str, object]


def events_on(topic: str, kafka: str) -> list[tuple[bytes, bytes, Event]]:
    """Key, bytes and event of all messages of a topic, in order within each partition."""
    return [(record.key, record.value, json.loads(record.value)) for record in records_on(topic, kafka)]


def message(row: int, size: int = 10) -> Message:
    return Message(row, b"key-%d" % (row % 3), b'"%s"' % (b"x" * size), {"content-type": b"text/plain"})


@pytest.fixture
def quiet_broker(kafka: str, new_topic) -> Iterator[tuple[KafkaBroker, str]]:
    topic = new_topic(partitions=3)
    broker = KafkaBroker(KafkaSettings(bootstrap_servers=kafka), topic)
    yield broker, topic
    broker.close()


def test_what_the_broker_acknowledges_is_on_the_topic(quiet_broker, kafka):
    broker, topic = quiet_broker
    sent = broker.send([message(row) for row in range(50)])
    assert (sent.rows, sent.trouble) == (list(range(50)), None)
    assert broker.send([message(50)]).rows == [50]
    assert len(events_on(topic, kafka)) == 51


def test_a_message_that_is_refused_for_good_is_told_as_such(quiet_broker):
    broker, _ = quiet_broker
    sent = broker.send([message(1), message(2, size=2_000_000)])
    assert sent.rows == [1]
    assert sent.trouble.refused
    assert "MessageSizeTooLarge" in sent.trouble.problem
    assert broker.send([message(3)]).rows == [3]


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # the client leaves sockets of failed connects
def test_a_topic_that_is_not_there_and_a_broker_that_is_away_pass(kafka):
    for servers in (kafka, f"127.0.0.1:{free_port()}"):
        broker = KafkaBroker(KafkaSettings(bootstrap_servers=servers), "test-that-nobody-made")
        sent = broker.send([message(1)])
        assert (sent.rows, sent.trouble.refused) == ([], False)
        assert "check that the brokers run and that the topic exists" in sent.trouble.problem
        broker.close()
    gc.collect()


def deliver(client: httpx.Client, url: str, token: str, *signals: Mapping[str, object]) -> None:
    """One delivery. Raises TransportError if nobody answers."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = client.post(f"{url}/v1/signals", json={"signals": signals}, headers=headers)
    assert answer.is_success, answer.text


def of_signals(numbers: range) -> list[list[Mapping[str, object]]]:
    """Deliveries of first and second revisions of each; their texts hold what no event may."""
    planted = {"summary": "960000017 of employee E-12345"}
    return [
        delivery
        for number in numbers
        for delivery in (
            [a_signal(number, **planted)],
            [a_signal(number, as_of=LATER, score=80.0), a_signal(1_000 + number)],
        )
    ]


@pytest.mark.slow
def test_nothing_is_lost_though_the_api_is_killed_at_random_moments(kafka, new_topic, tmp_path):
    topic, port, home, chance = new_topic(partitions=3), free_port(), tmp_path / "home", random.Random(20081215)
    settings = {
        "DOELBINDING_KAFKA_BOOTSTRAP_SERVERS": kafka,
        "DOELBINDING_API_EVENT_SOURCE": EVENTS.event_source,
        "DOELBINDING_API_PUBLIC_URL": EVENTS.public_url,
        "DOELBINDING_API_INTAKE_TOPIC": topic,
    }
    url, kills, waiting, numbers = f"http://127.0.0.1:{port}", 0, [], 0
    while kills <= KILLS:
        with started(home, "serve", "--port", str(port), settings=settings) as api, httpx.Client() as client:
            api.until_it_says("Token:")
            token = open_tokens(home / "tokens.json")["detector"]
            killer = Timer(chance.uniform(0.1, 1.0), api.process.kill if kills < KILLS else int)
            killer.start()
            with suppress(httpx.TransportError):  # what was not answered is delivered again, as the detector does
                while killer.is_alive() or waiting:
                    if not waiting:
                        waiting, numbers = of_signals(range(numbers + 1, numbers + 11)), numbers + 10
                    deliver(client, url, token, *waiting[0])
                    waiting.pop(0)
            kills += 1
            if kills > KILLS:
                api.until_metrics_say(url, r"doelbinding_api_publications_pending 0\.0")
                assert api.told_to_stop().code == 0
                assert "Traceback" not in api.said
    found = events_on(topic, kafka)
    wanted = {(number, revision) for number in range(1, numbers + 1) for revision in (1, 2)}
    wanted |= {(1_000 + number, 1) for number in range(1, numbers + 1)}
    assert {(int(str(event["subject"])[2:], 16), event["data"]["revision"]) for _, _, event in found} == wanted
    assert_in_order_and_silent(found)


def assert_in_order_and_silent(found: list[tuple[bytes, bytes, Event]]) -> None:
    valid = Draft202012Validator(json.loads(SCHEMA.read_bytes()), format_checker=FormatChecker())
    for key, value, event in found:
        valid.validate(event)
        assert key == str(event["subject"]).encode()
        assert not pseudonyms_in(value)
        assert b"960000017" not in value
        assert b"E-12345" not in value
    same_id = {(event["id"], value) for _, value, event in found}
    assert len({identity for identity, _ in same_id}) == len(same_id)
    of_signal = sorted(found, key=lambda each: each[0])  # a stable sort: the order on the topic stays
    for _, events in groupby(of_signal, key=lambda each: each[0]):
        revisions = [event["data"]["revision"] for _, _, event in events]
        assert sorted(revisions) == revisions


@pytest.mark.slow
def test_two_apis_on_one_postgresql_tell_each_revision_once_and_in_order(postgresql, tmp_path: Path):
    migrate(postgresql)
    broker, apis = RememberingBroker(), []
    for number in (1, 2):
        settings = load_settings(home=tmp_path / f"home-{number}", port=0, database_url=postgresql)
        apis.append((settings, EmbeddedApi(settings, publishing=Publishing(EVENTS, broker))))
    with apis[0][1] as one, apis[1][1] as other, httpx.Client() as client:
        tokens = [open_tokens(settings.home / "tokens.json")["detector"] for settings, _ in apis]
        for number in range(1, 41):
            deliver(client, one.url, tokens[0], a_signal(number))
            deliver(client, other.url, tokens[1], a_signal(number, as_of=LATER, score=80.0))
        until(lambda: len(broker.events) >= 80)
        pending = "doelbinding_api_publications_pending 0.0"
        until(lambda: pending in httpx.get(f"{one.url}/metrics").text)
    assert len(broker.events) == 80
    assert_in_order_and_silent(
        [(each.key, each.value, event) for each, event in zip(broker.messages, broker.events, strict=True)]
    )


IMPATIENT = """
import sys
from services.core import kafka_broker
from services.core.kafka_settings import KafkaSettings
kafka_broker.GIVE_UP_SECONDS = 0.0
broker = kafka_broker.KafkaBroker(KafkaSettings(bootstrap_servers=sys.argv[1]), sys.argv[2])
messages = [kafka_broker.Message(row, b"key", b"x" * 1_000, {}) for row in range(2_000)]
sent = broker.send(messages)
assert sent.trouble and len(sent.rows) < len(messages), sent
broker.close()
"""


def test_a_broker_is_closed_in_silence_while_messages_wait(kafka: str, new_topic) -> None:
    line = [sys.executable, "-W", "ignore::ResourceWarning", "-c", IMPATIENT, kafka, new_topic()]
    ended = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
