"""The ends of a topic when reading began into whether all of it was read, by this consumer or others of its group."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping

from kafka import KafkaConsumer, TopicPartition

ANSWER_MS = 10_000
LOOK_SECONDS = 0.2

Reached = Callable[[Collection[str]], Mapping[str, int]]
"""Names of partitions into the offsets up to which the store has them; those of which it has nothing are left out."""


class Ending:
    """Knows what is left to read of each partition up to its end of that moment."""

    def __init__(self, consumer: KafkaConsumer, topic: str, stored: Reached) -> None:
        self._stored = stored
        partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic))]
        begins = consumer.beginning_offsets(partitions, ANSWER_MS)
        ends = consumer.end_offsets(partitions, ANSWER_MS)
        self._left = {_name(at): ends[at] for at in partitions if ends[at] > begins[at]}
        self._looked = 0.0

    def reached(self, mine: Mapping[str, int]) -> bool:
        """Whether nothing is left, given what is stored of the own partitions; of those of others the store tells.

        What the group committed says nothing of the store: that may be new, or older, and the group's offsets old.
        """
        self._drop(mine)
        others = self._left.keys() - mine.keys()
        if others and time.monotonic() - self._looked > LOOK_SECONDS:
            self._looked = time.monotonic()
            self._drop(self._stored(others))
        return not self._left

    def _drop(self, offsets: Mapping[str, int]) -> None:
        self._left = {name: end for name, end in self._left.items() if offsets.get(name, -1) < end}


def _name(at: TopicPartition) -> str:
    return f"{at.topic}/{at.partition}"
