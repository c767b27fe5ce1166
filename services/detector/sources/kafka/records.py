"""What the client fetched into offsets and values, per partition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from kafka import KafkaConsumer, TopicPartition

from services.detector.sources.kafka.messages import Record


class Reader(Protocol):
    """A way to take records from the client."""

    def poll(self, timeout_ms: float) -> Mapping[TopicPartition, Sequence[Record]]:
        """What is there now, or comes within the time, up to `max_poll_records` in all."""
        ...


class StockReader:
    """The client's own way: an object per record."""

    def __init__(self, consumer: KafkaConsumer) -> None:
        self._consumer = consumer

    def poll(self, timeout_ms: float) -> Mapping[TopicPartition, Sequence[Record]]:
        """What is there now, or comes within the time, up to `max_poll_records` in all."""
        fetched = self._consumer.poll(timeout_ms)
        return {at: [(record.offset, record.value) for record in records] for at, records in fetched.items()}
