"""Planted identities are on no topic but that of lookups: the intake's events and the dead letters name nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.kafka_topic import records_on, send
from tests.integration.services import NewTopicName
from tests.planted import LOOKER, OWN, planted_dataset, planted_in, spoilt_line
from tests.processes import doelbinding, started

pytestmark = pytest.mark.slow
TOLD = r"doelbinding_api_publications_total\{result=\"sent\"\} [1-9]"


@pytest.fixture
def topics(kafka: str, new_topic: NewTopicName, tmp_path: Path) -> dict[str, str]:
    """The topics' names by what they hold, after the real detector and API have been through with the lookups."""
    names = {"lookups": new_topic(), "intake": new_topic(), "letters": new_topic()}
    home, dataset = tmp_path / "home", planted_dataset(tmp_path / "dataset")
    brokers = {"DOELBINDING_KAFKA_BOOTSTRAP_SERVERS": kafka}
    replayed = doelbinding(home, "replay", dataset, "--to", "kafka", "--topic", names["lookups"], settings=brokers)
    assert replayed.code == 0, replayed.err
    send(kafka, names["lookups"], [spoilt_line(), f'{{"bsn": "{OWN}"}}'.encode()])
    serving = brokers | {
        "DOELBINDING_API_EVENT_SOURCE": "urn:nld:oin:00000001234567890000:systeem:doelbinding",
        "DOELBINDING_API_PUBLIC_URL": "https://intake.example.org",
        "DOELBINDING_API_INTAKE_TOPIC": names["intake"],
    }
    with started(home, "serve", "--port", "0", settings=serving) as api:
        url = api.until_it_says(r"Pages: +(http://[\d.:]+)")[1]
        line = ("detect", dataset, "--source", "kafka", "--topic", names["lookups"], "--group", names["lookups"])
        reading = brokers | {"DOELBINDING_DETECTOR_DEAD_LETTERS_TOPIC": names["letters"]}
        ended = doelbinding(home, *line, "--until-end", "--api", url, "--metrics-port", "0", settings=reading)
        assert ended.code == 0, ended.err
        api.until_metrics_say(url, TOLD)
        api.told_to_stop()
    return names


def test_events_and_dead_letters_on_their_topics_give_nobody_away(kafka: str, topics: dict[str, str]) -> None:
    held = {what: [repr(record) for record in records_on(topic, kafka)] for what, topic in topics.items()}
    assert {LOOKER, OWN} <= planted_in("".join(held["lookups"]).encode())
    assert any("signal.pushed" in record for record in held["intake"])
    assert len(held["letters"]) == 2
    assert planted_in("".join(held["intake"] + held["letters"]).encode()) == set()
