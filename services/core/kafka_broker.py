"""Messages into a topic of Kafka, with what the broker acknowledged and what kept the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError
from kafka.future import Future
from kafka.net.compat import KafkaNetClient

from services.core.kafka_connection import connection
from services.core.kafka_settings import KafkaSettings

PRODUCER: dict[str, object] = {
    "acks": "all",
    "enable_idempotence": True,
    "max_in_flight_requests_per_connection": 5,
    "retries": float("inf"),
    "allow_auto_create_topics": False,
    "compression_type": None,
    "linger_ms": 0,
    "batch_size": 16_384,
    "bootstrap_timeout_ms": 5_000,
    "max_block_ms": 5_000,
    "request_timeout_ms": 5_000,
    "delivery_timeout_ms": 10_000,
    "retry_backoff_ms": 250,
    "reconnect_backoff_ms": 100,
    "reconnect_backoff_max_ms": 5_000,
    "metadata_max_age_ms": 60_000,
    "connections_max_idle_ms": 540_000,
    "metrics_enabled": False,
}
"""Everything that bears on loss, order or waiting is said. The time-outs are short: who waits longer is the outbox."""

MOST_BYTES = 2**20
"""Largest message, as topics have it by default."""

GIVE_UP_SECONDS = 20.0
"""When a message without an answer counts as failed although the client, which should have said so, did not."""


class ClosingProducer(KafkaProducer):
    """A producer that can be closed while messages wait, and lets go of its connections where no broker answers.

    The client would raise while it is closed, stay open, and complain once more at the end of the process. Nothing
    relies on `flush`: acknowledgements are counted one by one. And where it cannot begin, it would forget its sockets.
    """

    def __init__(self, **settings: object) -> None:
        made: list[KafkaNetClient] = []

        def kept(**configs: object) -> KafkaNetClient:
            made.append(KafkaNetClient(**configs))
            return made[-1]

        try:
            super().__init__(kafka_client=kept, **settings)
        except KafkaError:
            for client in made:
                client.close()
            raise

    def flush(self, timeout: float | None = None) -> None:
        """Waits until nothing waits, or for so many seconds."""
        with suppress(KafkaTimeoutError):
            super().flush(timeout)


@dataclass(frozen=True)
class Message:
    """What is sent, under the row of the outbox that it settles; messages with one key stay in order."""

    row: int
    key: bytes
    value: bytes
    headers: Mapping[str, bytes]


@dataclass(frozen=True)
class Trouble:
    """What kept messages from being sent; `refused` where a person must mend it."""

    problem: str
    refused: bool


@dataclass(frozen=True)
class Sent:
    """The rows that the broker acknowledged, and what kept the others."""

    rows: Sequence[int]
    trouble: Trouble | None


class Broker(Protocol):
    """Where messages go."""

    def send(self, messages: Sequence[Message]) -> Sent:
        """Sends messages, and waits until each is acknowledged or has failed."""
        ...

    def close(self) -> None:
        """Lets go of connections."""
        ...


class KafkaBroker:
    """A topic; connects at the first message, and anew after a failure. For one thread at a time."""

    def __init__(self, settings: KafkaSettings, topic: str, most_bytes: int = MOST_BYTES) -> None:
        """`most_bytes`: of a message, as the topic has it."""
        self._producing = connection(settings) | PRODUCER | {"max_request_size": most_bytes}
        self._topic = topic
        self._producer: ClosingProducer | None = None

    def send(self, messages: Sequence[Message]) -> Sent:
        """Sends messages, and waits until each is acknowledged or has failed: at most half a minute."""
        waiting: list[tuple[int, Future]] = []
        failures: list[KafkaError] = []
        try:
            producer = self._opened()
            for message in messages:
                headers = list(message.headers.items())
                waiting.append((message.row, producer.send(self._topic, message.value, message.key, headers)))
        except KafkaError as error:
            failures.append(error)
        acknowledged = []
        for row, future in waiting:
            try:
                future.get(GIVE_UP_SECONDS)
                acknowledged.append(row)
            except KafkaError as error:
                failures.append(error)
        if failures:
            self.close()
        return Sent(acknowledged, self._trouble(failures[0]) if failures else None)

    def close(self) -> None:
        """Lets go of connections; nothing that is not yet sent will be."""
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.close(timeout=0)

    def _opened(self) -> ClosingProducer:
        if self._producer is None:
            self._producer = ClosingProducer(**self._producing)
        return self._producer

    def _trouble(self, error: KafkaError) -> Trouble:
        """Kinds of errors are told, and not their texts: these may hold addresses and credentials."""
        if error.retriable:
            advice = "check that the brokers run and that the topic exists; `doelbinding topics create` makes it"
        else:
            advice = "check the credentials, the rights on the topic and its settings"
        return Trouble(f"topic {self._topic}: {type(error).__name__}: {advice}", refused=not error.retriable)
