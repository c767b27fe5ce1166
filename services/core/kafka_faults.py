"""What Kafka's client raises into a sentence for a person: what failed, with which brokers, and what to look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from kafka.errors import KafkaError, KafkaTimeoutError

from services.core.errors import DoelbindingError
from services.core.kafka_settings import PREFIX, KafkaSettings

BOOTSTRAP_MS = 10_000
"""How long a command waits for the first answer of a broker."""


@contextmanager
def kafka_faults_told(what: str, settings: KafkaSettings) -> Iterator[None]:
    """Raises DoelbindingError for an error of the client, whose own text may hold credentials and is left out."""
    try:
        yield
    except KafkaTimeoutError as error:
        raise DoelbindingError(
            f"{what}: no broker at {_addresses(settings.bootstrap_servers)} answered in time; see that it runs, and "
            f"that {PREFIX}BOOTSTRAP_SERVERS and {PREFIX}SECURITY_PROTOCOL are its own"
        ) from error
    except KafkaError as error:
        raise DoelbindingError(
            f"{what}: the brokers at {_addresses(settings.bootstrap_servers)} refused ({type(error).__name__}); "
            "see that this account may do that"
        ) from error


def _addresses(servers: Sequence[str]) -> str:
    return ", ".join(servers)
