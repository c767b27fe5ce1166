"""Environment variables DOELBINDING_KAFKA_* into how to reach the brokers."""

from __future__ import annotations

import os
from typing import Annotated

from pydantic import StringConstraints, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.core.settings import settings_faults

PREFIX = "DOELBINDING_KAFKA_"
SERVERS = r"^[^\s,:]+:\d{1,5}(,[^\s,:]+:\d{1,5})*$"


class KafkaSettings(BaseSettings):
    """Where the brokers are."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, hide_input_in_errors=True, frozen=True)

    bootstrap_servers: Annotated[str, StringConstraints(pattern=SERVERS)]

    def connection(self) -> dict[str, object]:
        """What any client of kafka-python needs to connect, as its keyword arguments."""
        return {"bootstrap_servers": self.bootstrap_servers.split(",")}


def kafka_is_configured() -> bool:
    """Whether the environment says anything about Kafka."""
    return any(name.startswith(PREFIX) for name in os.environ)


def load_kafka_settings() -> KafkaSettings:
    """The settings of the environment. Raises InputError with all faults at once; values are not repeated."""
    try:
        return KafkaSettings.model_validate({})
    except ValidationError as error:
        raise settings_faults(error, f"settings ({PREFIX}*)", KafkaSettings) from error
