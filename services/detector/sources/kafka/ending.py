"""The ends of a topic when reading began into whether all of it was read, by this consumer or others of its group."""

from __future__ import annotations

import time
from collections.abc import Mapping

from kafka import KafkaConsumer, TopicPartition

ANSWER_MS = 10_000
LOOK_SECONDS = 0.2


class Ending:
    """Knows what is left to read of each partition up to its end of that moment."""

    def __init__(self, consumer: KafkaConsumer, topic: str) -> None:
        self._consumer = consumer
        partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic))]
        begins = consumer.beginning_offsets(partitions, ANSWER_MS)
        ends = consumer.end_offsets(partitions, ANSWER_MS)
        self._left = {partition: ends[partition] for partition in partitions if ends[partition] > begins[partition]}
        self._looked = 0.0

    def reached(self, positions: Mapping[TopicPartition, int]) -> bool:
        """Whether nothing is left. Partitions without a position are another member's: what it committed is stored."""
        self._drop({at: offset for at, offset in positions.items() if at in self._left})
        others = [partition for partition in self._left if partition not in positions]
        if others and time.monotonic() - self._looked > LOOK_SECONDS:
            self._looked = time.monotonic()
            committed = {partition: self._consumer.committed(partition, timeout_ms=ANSWER_MS) for partition in others}
            self._drop({partition: offset for partition, offset in committed.items() if offset is not None})
        return not self._left

    def _drop(self, offsets: Mapping[TopicPartition, int]) -> None:
        for partition, offset in offsets.items():
            if offset >= self._left[partition]:
                del self._left[partition]
