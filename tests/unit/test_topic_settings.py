"""How the topic of lookups is read can be said by the environment."""

from __future__ import annotations

import pytest

from services.core.errors import InputError
from services.detector.sources.kafka.consumer import Consuming
from services.detector.topic_settings import NOBODYS_SOURCE, PREFIX, load_topic_settings


def test_without_settings_it_is_read_as_the_code_says():
    settings = load_topic_settings()
    assert settings.consuming == Consuming()
    assert (settings.dead_letters_topic, settings.event_source) == ("doelbinding.dead-letters", NOBODYS_SOURCE)


def test_what_the_command_line_says_goes_before_the_environment(monkeypatch):
    monkeypatch.setenv(f"{PREFIX}TOPIC", "of-the-environment")
    monkeypatch.setenv(f"{PREFIX}SESSION_SECONDS", "20")
    monkeypatch.setenv(f"{PREFIX}DATABASE", "postgresql+psycopg://host/name")
    monkeypatch.setenv(f"{PREFIX}OAUTH_CLIENT_ID", "another part's")
    settings = load_topic_settings(topic="of-the-command-line", group=None)
    assert settings.consuming == Consuming(topic="of-the-command-line", session_seconds=20.0)


def test_dead_letters_need_no_topic(monkeypatch):
    monkeypatch.setenv(f"{PREFIX}DEAD_LETTERS_TOPIC", "")
    assert load_topic_settings().dead_letters_topic == ""


def test_all_faults_are_told_at_once(monkeypatch):
    for name, wrong in {"TOPIC": "with space", "EVENT_SOURCE": "us", "STALL_SECONDS": "0", "GROOP": "x"}.items():
        monkeypatch.setenv(f"{PREFIX}{name}", wrong)
    with pytest.raises(InputError) as told:
        load_topic_settings()
    assert {fault.split(": ")[1] for fault in told.value.faults} == {"topic", "event_source", "stall_seconds", "groop"}
