"""An open consumer into the records of partitions that are its own, with what the group needs done beside it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, LogTruncationError, OffsetOutOfRangeError
from kafka.structs import MemberState, OffsetAndMetadata

from services.core.clock import Clock
from services.core.errors import DoelbindingError
from services.detector.metric_catalogue import BreakerState
from services.detector.metrics import DetectorMetrics
from services.detector.sources.kafka.consumer import Consuming
from services.detector.sources.kafka.fast_records import OversizedBatchError
from services.detector.sources.kafka.joining import finish_joins
from services.detector.sources.kafka.members import Claim, HasRoom, Members, Owned
from services.detector.sources.kafka.messages import Piece, decode_records
from services.detector.sources.kafka.rebalances import Rebalances
from services.detector.sources.kafka.records import Records
from services.detector.sources.kafka.stall import HangGuard, Stall
from services.detector.sources.kafka.topic_ids import topic_id
from services.detector.sources.kafka.transactions import OpenTransactions
from services.detector.sources.kafka.trouble import (
    damaged,
    hopeless,
    lost,
    made_anew,
    out_of_range,
    passed,
    too_large,
)

LOG = structlog.get_logger()
TROUBLE_SECONDS = 1.0
COMMIT_SECONDS = 5.0
COMMIT_TIMEOUT_MS = 2_000
CLOSE_TIMEOUT_MS = 5_000
ANSWER_MS = 3_000
HANG_SECONDS = 90.0
"""Longer than any wait of the client that has an end."""

Fetched = tuple[Owned, Iterator[Piece]]


class Reading:
    """One member of the group. Not for several threads."""

    def __init__(
        self,
        consumer: KafkaConsumer,
        consuming: Consuming,
        claim: Claim,
        metrics: DetectorMetrics,
        clock: Clock,
        stop: threading.Event,
        has_room: HasRoom,
    ) -> None:
        rebalances = Rebalances(consumer)
        self.consumer = consumer
        self.members = Members(consumer, rebalances, claim, consuming.session_seconds / 2, has_room)
        self._topic = consuming.topic
        self._rows = consuming.rows_per_slice
        self._metrics = metrics
        self._clock = clock
        self._stop = stop
        self._pass_damaged = consuming.pass_damaged
        self._records = Records(consumer, consuming.fast, consuming.unpacked_bytes)
        self._events_per_record = consuming.events_per_record
        self._guard = HangGuard(max(HANG_SECONDS, consuming.stall_seconds))
        self._transactions = OpenTransactions()
        self._stall = Stall(consuming.stall_seconds, consuming.stall_seconds + consuming.poll_seconds)
        self._polls = 0
        self._next_commit = time.monotonic() + COMMIT_SECONDS
        finish_joins(consumer)
        consumer.subscribe([consuming.topic], listener=rebalances)
        self._learn_the_partitions()

    def _learn_the_partitions(self) -> None:
        """A leader that joins before it knows them makes the whole group rebalance once more."""
        try:
            with self._guard.watching():
                self.consumer.topics()
        except KafkaError as error:
            LOG.warning("kafka-trouble", reason=type(error).__name__)

    def poll(self, seconds: float) -> Sequence[Fetched]:
        """Records of the partitions owned, decoded as they are taken; waits for some until the time is over.

        Raises DoelbindingError where the broker's answer cannot be mended by asking again.
        """
        self._polls += 1
        try:
            with self._guard.watching():
                fetched = self._records.poll(seconds * 1000)
        except KafkaError as error:
            self._settle()
            return self._after(error)
        self._settle()
        self._metrics.kafka_last_poll.set(self._clock.now().timestamp())
        owned = self.members.owned
        return [
            (owned[at], decode_records(records, self._at_once(owned[at]), most_events=self._events_per_record))
            for at, records in fetched.items()
            if at in owned
        ]

    def upkeep(self) -> None:
        """What is done now and then; only while nothing that was fetched waits to be handed on.

        Raises DoelbindingError if the client hangs.
        """
        if time.monotonic() >= self._next_commit:
            self.commit(wait=False, drained=True)
        if self._stall.due():
            self._look_at_the_ends()

    def claim(self) -> None:
        """Claims partitions that came, and reads on in those that were held for long enough, or have room again.

        Those whose first offset the broker does not tell now are tried again.
        """
        try:
            self.members.claim_new()
        except KafkaError as error:
            LOG.warning("kafka-trouble", reason=type(error).__name__)
        self.members.release()
        self._metrics.kafka_paused.set(self.members.paused or self.members.waiting_for_room)
        self._metrics.kafka_assigned.set(len(self.members.owned))
        self._metrics.show_breakers(_state(owned) for owned in self.members.owned.values())

    def pause(self) -> None:
        """Stops fetching, and keeps the partitions for as long as `poll` is called."""
        self.members.pause()
        self._metrics.kafka_paused.set(1)

    def resume(self) -> None:
        """Fetches again."""
        self.members.resume()
        self._metrics.kafka_paused.set(0)
        self._stall.forget()

    def positions(self) -> dict[Owned, int]:
        """The next offset that each partition would give, behind whatever was fetched or passed over."""
        return {owned: self._position(owned) for owned in self.members.owned.values()}

    def is_behind(self, owned: Owned) -> bool:
        """Whether the partition holds more than was handed on, as far as the broker's last answer tells.

        What stands in a transaction that is still open is more, too. Raises DoelbindingError.
        """
        end = self.consumer.highwater(owned.partition)
        return end is None or self.place(owned) < end

    def place(self, owned: Owned) -> int:
        """The next offset that the partition would give, or the one behind what was handed on if that is not known.

        Raises DoelbindingError where the broker lost what was read before.
        """
        try:
            return max(owned.given, self._position(owned))
        except KafkaError as error:
            if told := self._hopeless(error):
                raise told from error
            return owned.given

    def names(self) -> list[str]:
        """All partitions of the topic, whoever reads them."""
        known = self.consumer.partitions_for_topic(self._topic)
        return [f"{self._topic}/{number}" for number in sorted(known)]

    def commit(self, wait: bool, drained: bool) -> None:
        """Tells the broker what is stored, for the tools of operators; the store alone says where to read on.

        With `drained` nothing that was fetched waits: then marks of transactions behind the last record count too.
        """
        self._next_commit = time.monotonic() + COMMIT_SECONDS
        try:
            stored = {
                owned.partition: OffsetAndMetadata(at if drained and owned.stored == owned.given else owned.stored)
                for owned, at in self.positions().items()
            }
            if wait and stored:
                self.consumer.commit(stored, COMMIT_TIMEOUT_MS)
            elif stored:
                self.consumer.commit_async(stored)
        except KafkaError as error:
            LOG.info("kafka-offsets-not-committed", reason=type(error).__name__)

    def close(self) -> None:
        """Leaves the group, so that others take over at once."""
        self.commit(wait=True, drained=False)
        try:
            self.consumer.close(autocommit=False, timeout_ms=CLOSE_TIMEOUT_MS)
        except KafkaError as error:
            LOG.info("kafka-not-left-in-order", reason=type(error).__name__)
        self._guard.close()

    def _at_once(self, owned: Owned) -> int:
        return self._rows if owned.rows is None else min(self._rows, owned.rows)

    def _settle(self) -> None:
        for kind, partitions in self.members.settle():
            LOG.info("kafka-rebalance", kind=kind, partitions=[at.partition for at in partitions])
            self._metrics.kafka_rebalances.labels(kind=kind).inc()

    def _after(self, error: KafkaError) -> Sequence[Fetched]:
        """What to do after a poll that raised; a broker that is away is asked again after a while."""
        try:
            if (self._pass_damaged or isinstance(error, OversizedBatchError)) and (passed_by := self._passed(error)):
                return [passed_by]
            if told := self._hopeless(error):
                raise told from error
            if isinstance(error, OffsetOutOfRangeError):
                return [self._skipped(*gone) for gone in out_of_range(error).items() if self._is_at(*gone)]
        except KafkaError as failed:
            if told := self._hopeless(failed):
                raise told from failed
            error = failed
        LOG.warning("kafka-trouble", reason=type(error).__name__)
        self._stop.wait(TROUBLE_SECONDS)
        return ()

    def _is_at(self, at: TopicPartition, offset: int) -> bool:
        owned = self.members.owned.get(at)
        return owned is not None and self._position(owned) == offset

    def _skipped(self, at: TopicPartition, offset: int) -> Fetched:
        owned = self.members.owned[at]
        letter = lost(self.consumer, owned.partition, offset)
        LOG.error("records-deleted-unread", partition=owned.name, first=offset, next=letter.next)
        self.consumer.seek(owned.partition, letter.next)
        return owned, iter((letter,))

    def _passed(self, error: KafkaError) -> Fetched | None:
        """A dead letter for the batch at which a partition stands; None where that is not certain."""
        batch = damaged(error)
        owned = self.members.owned.get(batch.partition) if batch else None
        if batch is None or owned is None or batch.behind is None:
            return None
        first = self._position(owned)
        if not batch.first <= first < batch.behind:
            return None
        oversized = isinstance(batch, OversizedBatchError)
        told = "oversized-records-passed" if oversized else "damaged-records-passed"
        LOG.error(told, partition=owned.name, first=first, next=batch.behind)
        self.consumer.seek(owned.partition, batch.behind)
        return owned, iter(((too_large if oversized else passed)(first, batch.behind),))

    def _position(self, owned: Owned) -> int:
        position = self.consumer.position(owned.partition, ANSWER_MS)
        return owned.given if position is None else position

    def _look_at_the_ends(self) -> None:
        """All partitions are asked for, so that a broker that is away is told from a client that hangs."""
        try:
            with self._guard.watching():
                at = {owned.name: position for owned, position in self.positions().items()}
                ends = self._ends()
        except KafkaError as error:
            if told := self._hopeless(error):
                raise told from error
            LOG.warning("kafka-unavailable", reason=type(error).__name__)
            self._stall.forget()
            self._transactions.forget()
            return
        self._same_topic()
        highwater = self._highwater()
        last = {name: max(ends.get(name, 0), highwater.get(name, 0)) for name in at}
        self._metrics.show_lag({name: max(0, last[name] - position) for name, position in at.items()})
        member = self.consumer.group_metadata().state == MemberState.STABLE
        self._metrics.show_group(member, len(ends), self._clock.now())
        self._stall.member(member)
        if not self.members.paused:
            read = {owned.name for owned in self.members.owned.values() if owned.reads_on}
            moving = {name: position for name, position in at.items() if name in read}
            self._metrics.kafka_transaction_open.set(self._transactions.longest(moving, ends, highwater))
            self._metrics.kafka_stalled.set(self._stall.longest(moving, ends, self._polls))

    def _hopeless(self, error: KafkaError) -> DoelbindingError | None:
        """As trouble.hopeless. Raises DoelbindingError where records are gone because the topic is another one."""
        if isinstance(error, LogTruncationError):
            self._same_topic()
        return hopeless(error)

    def _same_topic(self) -> None:
        """Raises DoelbindingError if the topic was made anew since its partitions were claimed."""
        now = topic_id(self.consumer, self._topic)
        for owned in self.members.owned.values():
            if now and owned.topic_id and now != owned.topic_id:
                raise made_anew(owned.name)

    def _highwater(self) -> dict[str, int]:
        """Where the logs of the partitions end, uncommitted records too, as the last answer told."""
        told = {owned.name: self.consumer.highwater(at) for at, owned in self.members.owned.items()}
        return {name: end for name, end in told.items() if end is not None}

    def _ends(self) -> dict[str, int]:
        """Where the committed records of the partitions end."""
        numbers = self.consumer.partitions_for_topic(self._topic)
        told = self.consumer.end_offsets([TopicPartition(self._topic, number) for number in numbers], ANSWER_MS)
        return {f"{at.topic}/{at.partition}": end for at, end in told.items()}


def _state(owned: Owned) -> BreakerState:
    if owned.held_until is not None:
        return "open"
    return "closed" if owned.rows is None else "half-open"
