"""When pushed signals are published, and how wrong settings of it are told."""

import pytest

from services.api.publishing.settings import load_publishing_settings
from services.cli import run
from services.core.errors import InputError

RIGHT = {
    "DOELBINDING_KAFKA_BOOTSTRAP_SERVERS": "kafka-1.example:9092,kafka-2.example:9092",
    "DOELBINDING_KAFKA_SECURITY_PROTOCOL": "SSL",
    "DOELBINDING_API_EVENT_SOURCE": "urn:nld:oin:00000000000000000000:systeem:doelbinding",
    "DOELBINDING_API_PUBLIC_URL": "https://doelbinding.example/api/",
}


@pytest.fixture
def environment(monkeypatch):
    def put(**changes):
        for name, value in (RIGHT | changes).items():
            if value is not None:
                monkeypatch.setenv(name, value)

    return put


def test_without_a_word_about_kafka_nothing_is_published():
    assert load_publishing_settings() is None


def test_with_brokers_signals_go_to_the_intake_topic_of_bureau_integriteit(environment):
    environment()
    events = load_publishing_settings().events
    assert events.intake_topic == "bureau-integriteit.intake"
    assert events.public_url == "https://doelbinding.example/api"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        (
            "EVENT_SOURCE",
            ["", "urn:nld:oin:1:systeem:x", "https://example.org", "urn:nld:oin:00000000000000000000"],
        ),
        ("PUBLIC_URL", ["", "doelbinding.example", "ftp://x", "https://u:p@x", "https://x/?q=1", "https://x/#a"]),
        ("INTAKE_TOPIC", ["", "two words", "a" * 250]),
    ],
)
def test_a_setting_that_cannot_be_right_is_told_by_its_name(environment, name, values):
    for value in values:
        environment(**{f"DOELBINDING_API_{name}": value})
        with pytest.raises(InputError, match=f"DOELBINDING_API_\\*.*{name.lower()}: should"):
            load_publishing_settings()


def test_all_faults_are_told_at_once_and_nothing_is_served(environment, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("DOELBINDING_HOME", str(tmp_path / "home"))
    faulty = {"DOELBINDING_API_EVENT_SOURCE": None, "DOELBINDING_API_PUBLIC_URL": "https://secret@x"}
    environment(DOELBINDING_KAFKA_BOOTSTRAP_SERVERS="", **faulty)
    assert run(["serve", "--port", "0"]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 3
    assert all(line.startswith("doelbinding: settings (DOELBINDING_") for line in told)
    assert "secret" not in "".join(told)
    assert not (tmp_path / "home").exists()
