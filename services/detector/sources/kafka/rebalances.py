"""What the group's coordinator tells of partitions into what the main loop has to claim or to drop."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Literal, NamedTuple

from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition

Kind = Literal["assigned", "revoked", "lost"]
KINDS: tuple[Kind, ...] = ("assigned", "revoked", "lost")


class Change(NamedTuple):
    """Partitions that came or went together."""

    kind: Kind
    partitions: tuple[TopicPartition, ...]


class Rebalances(ConsumerRebalanceListener):
    """Runs on the client's own thread, where anything that waits would stop the heartbeats: it pauses and records."""

    def __init__(self, consumer: KafkaConsumer) -> None:
        self._consumer = consumer
        self._changes: deque[Change] = deque()

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Nothing is fetched before the main loop has claimed the partition and knows where to read on."""
        partitions = tuple(assigned)
        for partition in partitions:
            self._consumer.pause(partition)
            # any place will do while it is paused: without one the client would look for a committed offset
            self._consumer.seek(partition, 0)
        self._changes.append(Change("assigned", partitions))

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Another member of the group will read on."""
        self._changes.append(Change("revoked", tuple(revoked)))

    def on_partitions_lost(self, lost: Iterable[TopicPartition]) -> None:
        """Another member may be reading on already."""
        self._changes.append(Change("lost", tuple(lost)))

    def taken(self) -> list[Change]:
        """The changes since the last call, oldest first."""
        changes = []
        while self._changes:
            changes.append(self._changes.popleft())
        return changes
