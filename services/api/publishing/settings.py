"""Environment variables into whether, where and under whose name pushed signals are published."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from pydantic import ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.api.settings import PREFIX
from services.core.cloud_events import SOURCE, SOURCE_WANTED
from services.core.errors import InputError
from services.core.kafka_settings import PREFIX as KAFKA_PREFIX
from services.core.kafka_settings import KafkaSettings, load_kafka_settings
from services.core.settings import settings_faults
from services.core.topics import INTAKE_TOPIC, LOOKUPS_TOPIC

BASE_URL = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]{1,255}(/[A-Za-z0-9._~-]{1,100}){0,10}")
"""Without user, password, query and fragment: it stands in every event."""
TOPIC = re.compile(r"[A-Za-z0-9._-]{1,249}")


class EventSettings(BaseSettings):
    """What stands in the events, and the topics they go to."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, hide_input_in_errors=True, frozen=True)

    event_source: str
    public_url: str
    intake_topic: str = INTAKE_TOPIC
    lookups_topic: str = LOOKUPS_TOPIC
    """Where detectors read lookups; those of readers of signals go there."""

    @field_validator("event_source")
    @classmethod
    def _organisation_and_system(cls, source: str) -> str:
        if not SOURCE.fullmatch(source):
            raise ValueError(SOURCE_WANTED)
        return source

    @field_validator("public_url")
    @classmethod
    def _address(cls, url: str) -> str:
        if not BASE_URL.fullmatch(url.rstrip("/")):
            raise ValueError(
                "should be the address at which Bureau Integriteit reaches this API, as https://HOST or https://HOST/PATH"
            )
        return url.rstrip("/")

    @field_validator("intake_topic", "lookups_topic")
    @classmethod
    def _topic(cls, topic: str) -> str:
        if not TOPIC.fullmatch(topic):
            raise ValueError("should be a name of a topic: at most 249 letters, digits, dots, hyphens and underscores")
        return topic


@dataclass(frozen=True)
class PublishingSettings:
    """All that publishing needs to know."""

    events: EventSettings
    kafka: KafkaSettings


def load_publishing_settings() -> PublishingSettings | None:
    """The settings of the environment; None where it says nothing about Kafka: then nothing is published.

    Raises InputError with all faults at once; values are not repeated.
    """
    if not any(name.startswith(KAFKA_PREFIX) for name in os.environ):
        return None
    faults: list[str] = []
    events, kafka = None, None
    try:
        kafka = load_kafka_settings()
    except InputError as error:
        faults += error.faults
    try:
        events = EventSettings.model_validate({})
    except ValidationError as error:
        faults += settings_faults(error, f"settings ({PREFIX}*), needed to publish signals", EventSettings).faults
    if events is None or kafka is None:
        raise InputError(*faults)
    return PublishingSettings(events, kafka)
