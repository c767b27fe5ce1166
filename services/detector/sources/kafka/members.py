"""Partitions that the group gave to this consumer into partitions it owns: claimed, and set to where to read on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from kafka import KafkaConsumer, TopicPartition

from services.detector.sources.kafka.rebalances import Change, Rebalances
from services.detector.sources.kafka.topic_ids import topic_id

Claim = Callable[[str, str | None], int | None]
"""The name of a partition, and its topic's id, into the next offset that the store does not have; None where it has
nothing of it."""

Expect = Callable[[Sequence[str]], None]
"""Told the names of all partitions of the topic."""

HasRoom = Callable[[str], bool]
"""Whether the engine keeps up with a partition, by name."""

ANSWER_MS = 10_000
LOOK_SECONDS = 0.2
"""Between two looks at whether the engine has caught up with a partition."""


def always(_name: str) -> bool:
    """There is room for whatever is read."""
    return True


@dataclass(eq=False)
class Owned:
    """A partition that was claimed: up to where it was handed on, and stored, and whether there is more to read.

    `rows` limits how much is handed on at once, `held_until` (monotonic seconds) tells when it is read again, `look_at`
    when to look whether there is room to read on. A new claim, and a new hold, make a new object.
    """

    partition: TopicPartition
    given: int
    stored: int
    topic_id: str | None = None
    behind: bool = True
    rows: int | None = None
    held_until: float | None = None
    look_at: float | None = None

    @property
    def name(self) -> str:
        """`TOPIC/NUMBER`."""
        return f"{self.partition.topic}/{self.partition.partition}"

    @property
    def reads_on(self) -> bool:
        """Whether it is read while the others are."""
        return self.held_until is None and self.look_at is None


class Members:
    """The partitions of one consumer. All is done on the main loop; the client changes partitions only in a poll."""

    def __init__(
        self,
        consumer: KafkaConsumer,
        rebalances: Rebalances,
        claim: Claim,
        doubt_seconds: float,
        has_room: HasRoom = always,
    ) -> None:
        self._consumer = consumer
        self._rebalances = rebalances
        self._claim = claim
        self._doubt_seconds = doubt_seconds
        self._has_room = has_room
        self._waiting: dict[TopicPartition, float] = {}
        self._paused = False
        self.owned: dict[TopicPartition, Owned] = {}

    @property
    def paused(self) -> bool:
        """Whether nothing is fetched for the time being."""
        return self._paused

    def settle(self) -> list[Change]:
        """Drops what went and notes what came since the last call; returns both."""
        changes = self._rebalances.taken()
        for kind, partitions in changes:
            for partition in partitions:
                self.owned.pop(partition, None)
                self._waiting.pop(partition, None)
                if kind == "assigned":
                    self._waiting[partition] = time.monotonic()
        return changes

    def claim_new(self) -> None:
        """Claims what came, one by one. What the claim raises is raised here, and that partition waits for the next."""
        for partition in [at for at, since in self._waiting.items() if since <= time.monotonic()]:
            owned = Owned(partition, 0, 0, topic_id(self._consumer, partition.topic))
            offset = self._claim(owned.name, owned.topic_id)
            if offset is None:
                offset = self._consumer.beginning_offsets([partition], ANSWER_MS)[partition]
            self._place(replace(owned, given=offset, stored=offset))
            del self._waiting[partition]

    def reclaim(self, name: str) -> None:
        """Another reader has claimed a partition: it is claimed back before more is read of it, if it is still ours.

        Not at once: whoever was away long enough to lose a partition hears of it with the next heartbeat, and would
        take it from its new owner.
        """
        for partition, owned in tuple(self.owned.items()):
            if owned.name == name:
                self._consumer.pause(partition)
                del self.owned[partition]
                self._waiting[partition] = time.monotonic() + self._doubt_seconds

    def is_current(self, owned: Owned) -> bool:
        """Whether the partition is still owned by this very claim."""
        return self.owned.get(owned.partition) is owned

    def stored(self, positions: Mapping[str, int]) -> None:
        """Notes up to where the store has each partition, by name."""
        for owned in self.owned.values():
            if owned.name in positions:
                owned.stored = positions[owned.name]

    def hold(self, name: str, seconds: float, rows: int) -> None:
        """Leaves a partition alone for so long; then it is read from what is stored on, so many rows at once."""
        for partition, owned in tuple(self.owned.items()):
            if owned.name == name:
                self._consumer.pause(partition)
                self._consumer.seek(partition, owned.stored)
                more = owned.behind or owned.stored != owned.given
                until = time.monotonic() + seconds
                self.owned[partition] = replace(owned, given=owned.stored, behind=more, rows=rows, held_until=until)

    def trust(self, name: str) -> None:
        """No limit any more to what is handed on of a partition at once."""
        for owned in self.owned.values():
            if owned.name == name:
                owned.rows = None

    def rest(self, name: str) -> None:
        """Fetches no more of a partition until the engine has room; what was fetched is handed on."""
        for partition, owned in self.owned.items():
            if owned.name == name:
                self._consumer.pause(partition)
                owned.look_at = time.monotonic() + LOOK_SECONDS

    @property
    def waiting_for_room(self) -> bool:
        """Whether a partition rests."""
        return any(owned.look_at is not None for owned in self.owned.values())

    def release(self) -> None:
        """Reads partitions again that were held for long enough, or for which there is room; what that raises too."""
        if self._paused:
            return
        now = time.monotonic()
        for partition, owned in self.owned.items():
            if owned.held_until is not None and owned.held_until <= now:
                owned.held_until = None
            elif owned.look_at is not None and owned.look_at <= now:
                owned.look_at = None if self._has_room(owned.name) else now + LOOK_SECONDS
            else:
                continue
            if owned.reads_on:
                self._consumer.resume(partition)

    def pause(self) -> None:
        """Stops fetching; the partitions stay."""
        self._paused = True
        self._consumer.pause(*self.owned)

    def resume(self) -> None:
        """Goes on where it stopped."""
        self._paused = False
        self._consumer.resume(*(at for at, owned in self.owned.items() if owned.reads_on))

    def _place(self, owned: Owned) -> None:
        self._consumer.seek(owned.partition, owned.given)
        self.owned[owned.partition] = owned
        if not self._paused:
            self._consumer.resume(owned.partition)
