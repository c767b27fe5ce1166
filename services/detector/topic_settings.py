"""Environment variables DOELBINDING_DETECTOR_* into how the topic of lookups is read, and what of it is told on."""

from __future__ import annotations

import os
import re
from dataclasses import fields

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.core.client_settings import DETECTOR as ACCOUNT
from services.core.cloud_events import SOURCE, SOURCE_WANTED
from services.core.settings import settings_faults
from services.core.topics import DEAD_LETTERS_TOPIC
from services.detector.database import SETTING as DATABASE
from services.detector.poison import Breaking
from services.detector.sources.kafka.consumer import MEBIBYTE, Consuming

PREFIX = "DOELBINDING_DETECTOR_"
WHERE = f"settings ({PREFIX}*)"
NOBODYS_SOURCE = "urn:nld:oin:00000000000000000000:systeem:doelbinding"
TOPIC = re.compile(r"[A-Za-z0-9._-]{1,249}")
DEFAULT = Consuming()
UNBROKEN = Breaking()


class TopicSettings(BaseSettings):
    """How lookups are read from their topic (Consuming, Breaking), and where dead letters are told."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, hide_input_in_errors=True, frozen=True, extra="forbid")

    topic: str = DEFAULT.topic
    group: str = Field(DEFAULT.group, min_length=1, max_length=255)
    rows_per_slice: int = Field(DEFAULT.rows_per_slice, ge=1, le=1_000_000)
    fetch_bytes: int = Field(DEFAULT.fetch_bytes, ge=MEBIBYTE, le=1024 * MEBIBYTE)
    partition_fetch_bytes: int = Field(DEFAULT.partition_fetch_bytes, ge=65_536, le=1024 * MEBIBYTE)
    fetch_wait_seconds: float = Field(DEFAULT.fetch_wait_seconds, gt=0, le=10)
    session_seconds: float = Field(DEFAULT.session_seconds, ge=1, le=300)
    poll_seconds: float = Field(DEFAULT.poll_seconds, ge=5, le=3_600)
    stall_seconds: float = Field(DEFAULT.stall_seconds, ge=30, le=3_600)
    fast: bool = DEFAULT.fast
    events_per_record: int = Field(DEFAULT.events_per_record, ge=1, le=1_000_000)
    unpacked_bytes: int = Field(DEFAULT.unpacked_bytes, ge=MEBIBYTE, le=1024 * MEBIBYTE)
    pass_damaged: bool = DEFAULT.pass_damaged
    poison_window: int = Field(UNBROKEN.window, ge=100, le=1_000_000)
    poison_least: int = Field(UNBROKEN.least, ge=10, le=1_000_000)
    poison_pause_seconds: float = Field(UNBROKEN.pause_seconds, ge=1, le=3_600)
    poison_longest_pause_seconds: float = Field(UNBROKEN.longest_pause_seconds, ge=1, le=86_400)
    poison_holds_back_seconds: float = Field(UNBROKEN.holds_back_seconds, ge=0, le=30 * 86_400)
    take_poison: bool = False
    dead_letters_topic: str = DEAD_LETTERS_TOPIC
    """Empty: dead letters stay in the table, and are told to nobody."""
    event_source: str = NOBODYS_SOURCE

    @field_validator("topic", "dead_letters_topic")
    @classmethod
    def _name(cls, topic: str, about: ValidationInfo) -> str:
        if not TOPIC.fullmatch(topic) and (topic or about.field_name == "topic"):
            raise ValueError("should be a name of a topic: at most 249 letters, digits, dots, hyphens and underscores")
        return topic

    @field_validator("event_source")
    @classmethod
    def _organisation_and_system(cls, source: str) -> str:
        if not SOURCE.fullmatch(source):
            raise ValueError(SOURCE_WANTED)
        return source

    @property
    def consuming(self) -> Consuming:
        """What the consumer needs of it."""
        return Consuming(**{each.name: getattr(self, each.name) for each in fields(Consuming)})

    @property
    def breaking(self) -> Breaking:
        """When a partition of mostly poison is left alone."""
        return Breaking(
            self.poison_window,
            min(self.poison_least, self.poison_window),
            self.poison_pause_seconds,
            max(self.poison_longest_pause_seconds, self.poison_pause_seconds),
            self.poison_holds_back_seconds,
            never=self.take_poison,
        )


def load_topic_settings(**given: object) -> TopicSettings:
    """The settings of the environment, with those given before it; what is None is not given.

    Raises InputError with all faults at once; values are not repeated.
    """
    ours = (name for name in os.environ if name.startswith(PREFIX) and not name.startswith((DATABASE, ACCOUNT)))
    named = (name.removeprefix(PREFIX).lower() for name in ours)
    unknown = {name: None for name in named if name not in TopicSettings.model_fields}
    stated = {name: value for name, value in given.items() if value is not None}
    try:
        return TopicSettings.model_validate({**unknown, **stated})
    except ValidationError as error:
        raise settings_faults(error, WHERE, TopicSettings) from error
