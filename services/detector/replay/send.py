"""Messages into a topic of Kafka, in their order for each employee, each acknowledged by the brokers."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache, partial

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError
from kafka.future import Future
from kafka.partitioner.default import murmur2

from services.core.cloud_events import BATCH_CONTENT_TYPE, CONTENT_TYPE
from services.core.errors import DoelbindingError
from services.core.kafka_broker import ClosingProducer
from services.core.kafka_connection import connection
from services.core.kafka_faults import BOOTSTRAP_MS, kafka_faults_told
from services.core.kafka_settings import KafkaSettings
from services.detector.replay.messages import Message

PRODUCER: dict[str, object] = {
    "acks": "all",
    "enable_idempotence": True,
    "max_in_flight_requests_per_connection": 5,
    "allow_auto_create_topics": False,
    "bootstrap_timeout_ms": BOOTSTRAP_MS,
    "max_block_ms": BOOTSTRAP_MS,
    "request_timeout_ms": 10_000,
    "delivery_timeout_ms": 120_000,
    "linger_ms": 20,
    "batch_size": 2**18,
    "max_request_size": 2**23,
    "metrics_enabled": False,
}
"""All that bears on loss and order is said. A broker that restarts is waited for, two minutes long."""

MOST_WAITING = 20_000
"""Messages without an acknowledgement; the client itself would hold any number in memory."""

GIVE_UP_SECONDS = 180.0
"""When a message counts as failed although the client, which should have said so, did not."""

HEADERS = [("content-type", CONTENT_TYPE.encode())]
BATCH_HEADERS = [("content-type", BATCH_CONTENT_TYPE.encode())]


class Sender:
    """Sends to one topic, and counts what the brokers have acknowledged."""

    def __init__(self, producer: KafkaProducer, topic: str, partitions: int) -> None:
        self._producer = producer
        self._topic = topic
        self._partition = cache(partial(partition_of, partitions=partitions))
        self._waiting: deque[tuple[Future, int]] = deque()
        self.acknowledged = 0

    def send_all(self, messages: Iterable[Message]) -> Iterator[int]:
        """Sends each message that is asked for, and tells how many records were sent; all are acknowledged at the end.

        Raises DoelbindingError if one is not.
        """
        try:
            sent = 0
            for message in messages:
                self._send(message)
                sent += message.holds
                yield sent
            while self._waiting:
                self._settle()
        except KafkaError as error:
            raise DoelbindingError(
                f"replay: the brokers did not take a message ({type(error).__name__}); {self.acknowledged:,} are in "
                "the topic. See that they run; then start again from the beginning: what comes twice is recognised"
            ) from error

    def _send(self, message: Message) -> None:
        partition = self._partition(message.key)
        headers = HEADERS if message.holds == 1 else BATCH_HEADERS
        future = self._producer.send(self._topic, message.value, message.key, headers, partition)
        self._waiting.append((future, message.holds))
        while self._waiting and (self._waiting[0][0].is_done or len(self._waiting) > MOST_WAITING):
            self._settle()

    def _settle(self) -> None:
        future, holds = self._waiting.popleft()
        future.get(GIVE_UP_SECONDS)
        self.acknowledged += holds


@contextmanager
def sending(topic: str, settings: KafkaSettings) -> Iterator[Sender]:
    """A sender to a topic that exists. Raises DoelbindingError if it does not, or if the brokers are away or refuse."""
    with kafka_faults_told("replay", settings):
        producer = ClosingProducer(**PRODUCER, **connection(settings))
    try:
        yield Sender(producer, topic, _partitions(producer, topic))
    finally:
        producer.close(timeout=0)


def partition_of(key: bytes | None, partitions: int) -> int:
    """The partition that Kafka's own clients choose for a key; the first one for none.

    The client would work it out anew for each message, which is a fifth of its time.
    """
    return (murmur2(key) & 0x7FFFFFFF) % partitions if key else 0


def _partitions(producer: KafkaProducer, topic: str) -> int:
    try:
        return len(producer.partitions_for(topic))
    except KafkaTimeoutError as error:
        raise DoelbindingError(
            f"replay: topic {topic} is not there, or hidden from this account; `doelbinding topics create` makes the "
            "topics, and --topic names another"
        ) from error
