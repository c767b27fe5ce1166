"""Fetched bytes into offsets and values in one pass, instead of the client's object per record.

This hangs on insides of the client that are nobody's promise. So it is used only with the very version it was written
against, after a check at start that it finds what the client finds (record_check.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from kafka.consumer.fetcher import Fetcher
from kafka.errors import CorruptRecordError
from kafka.record import MemoryRecords
from kafka.record.default_records import DefaultRecordBatch
from kafka.record.legacy_records import LegacyRecordBatch
from kafka.structs import TopicPartition

from services.detector.sources.kafka.messages import Record
from services.detector.sources.kafka.unpacking import MOST_UNPACKED_BYTES, TooLargeError, unpack

WRITTEN_AGAINST = "3.0.12"
READ_COMMITTED = 1
BROKERS_TIME = 1
"""Type of a record's time where the topic has LogAppendTime."""
MORE, SEVEN_BITS = 128, 127
"""A number is written in groups of seven bits, lowest first; the high bit says that more follow (zigzag varint)."""
NULL = 1
"""A length of -1, in zigzag."""


class DamagedBatchError(CorruptRecordError):
    """A batch whose checksum is wrong: from which offset, and the one behind it; None where that cannot be told."""

    def __init__(self, partition: TopicPartition, first: int, behind: int | None) -> None:
        super().__init__(f"partition {partition.topic}/{partition.partition}, batch at offset {first}")
        self.partition, self.first, self.behind = partition, first, behind


class OversizedBatchError(DamagedBatchError):
    """A batch that is sound, and unpacks to more than may be held."""


class FastRecords(Fetcher.PartitionRecords):
    """Takes the place of the client's unpacking of one fetched partition, and tells the client the same offsets."""

    most_unpacked = MOST_UNPACKED_BYTES
    _batch: Sequence[Record] = ()
    _taken = 0

    def take(self, n: int | None = None) -> list[object]:
        """Up to so many records, all of one batch; none where the bytes are used up."""
        if self._taken == len(self._batch):
            self._batch, self._taken = self._next_batch(), 0
        few = self._batch[self._taken : None if n is None else self._taken + n]
        if few:
            self._taken += len(few)
            self.records_read += len(few)
            self.next_fetch_offset = few[-1][0] + 1
        return list(few)

    def _next_batch(self) -> list[Record]:
        batches = self.record_iterator
        found = next(batches, None) if batches is not None else None
        return found if isinstance(found, list) else []

    def _maybe_skip_record(self, record: object) -> bool:  # noqa: ARG002 - what comes before is left out of the batch
        return False

    def _unpack_records(
        self,
        tp: TopicPartition,
        records: MemoryRecords,
        key_deserializer: object,  # noqa: ARG002 - the client passes it; the consumer is made without
        value_deserializer: object,  # noqa: ARG002 - likewise
    ) -> Iterator[list[Record]]:
        """The records of each batch that has some; a batch is passed over as the client does."""
        while (batch := records.next_batch()) is not None:
            if self.check_crcs and not batch.validate_crc():
                raise DamagedBatchError(tp, batch.base_offset, _behind(batch))
            if isinstance(batch, LegacyRecordBatch):
                told = ((record.offset, record.value, received(record)) for record in batch)
                yield [record for record in told if record[0] >= self.fetch_offset]
                continue
            self.leader_epoch = batch.leader_epoch
            if not self._is_passed_over(batch) and (found := self._from_here(tp, batch)):
                self.bytes_read += batch.size_in_bytes
                yield found
            self.next_fetch_offset = batch.next_offset
        self.drain()

    def _is_passed_over(self, batch: DefaultRecordBatch) -> bool:
        """Whether a batch holds marks of transactions, or records of one that was aborted."""
        if self.isolation_level == READ_COMMITTED and batch.has_producer_id():
            self._consume_aborted_transactions_up_to(batch.last_offset)
            if self._contains_abort_marker(batch):
                self.aborted_producer_ids.discard(batch.producer_id)
            elif self._is_batch_aborted(batch):
                return True
        return batch.is_control_batch

    def _from_here(self, partition: TopicPartition, batch: DefaultRecordBatch) -> list[Record]:
        """The records of a batch from where fetching began; a broker gives batches whole."""
        try:
            unpack(batch, self.most_unpacked)
        except TooLargeError as error:
            raise OversizedBatchError(partition, batch.base_offset, batch.next_offset) from error
        by_broker = batch.max_timestamp if batch.timestamp_type == BROKERS_TIME else None
        found = walk(bytes(batch._buffer), batch._pos, batch.records_count, batch.base_offset, by_broker)
        if batch.base_offset >= self.fetch_offset:
            return found
        return [record for record in found if record[0] >= self.fetch_offset]


def _behind(batch: DefaultRecordBatch | LegacyRecordBatch) -> int | None:
    """The offset behind a batch of which nothing is certain: only where two numbers of its head say the same of it."""
    if isinstance(batch, LegacyRecordBatch) or batch.last_offset - batch.base_offset + 1 != batch.records_count:
        return None
    return batch.next_offset


class Stamped(Protocol):
    """A record of the client, of any kind."""

    @property
    def timestamp(self) -> int | None:
        """Milliseconds since 1970."""

    @property
    def timestamp_type(self) -> int | None:
        """Whose time that is."""


def received(record: Stamped) -> int | None:
    """When the broker received it, if that is what the topic holds."""
    return record.timestamp if record.timestamp_type == BROKERS_TIME else None


def walk(data: bytes, at: int, count: int, base_offset: int, by_broker: int | None) -> list[Record]:
    """The records of a batch whose first byte is at `at`; `by_broker` is when the broker received it.

    Raises CorruptRecordError if they do not fill the bytes exactly.
    """
    try:
        found, end = _walk(data, at, count, base_offset, by_broker)
    except IndexError as error:
        raise CorruptRecordError(f"a record of the batch at offset {base_offset} is cut short") from error
    if end != len(data):
        raise CorruptRecordError(f"the records of the batch at offset {base_offset} do not fill it")
    return found


def _walk(data: bytes, at: int, count: int, base_offset: int, by_broker: int | None) -> tuple[list[Record], int]:
    """Length, attributes, time, offset, key, value, headers; a call for each of these numbers would double the time."""
    found: list[Record] = []
    for _ in range(count):
        while data[at] >= MORE:
            at += 1
        at += 2  # the end of the length, which the parts tell as well, and the attributes
        while data[at] >= MORE:
            at += 1
        delta, at = data[at + 1], at + 2
        if delta >= MORE:
            delta, at = _rest(data, at, delta)
        key, at = data[at], at + 1
        if key >= MORE:
            key, at = _rest(data, at, key)
        at += key >> 1
        size, at = data[at], at + 1
        if size >= MORE:
            size, at = _rest(data, at, size)
        end = at + (size >> 1)
        found.append((base_offset + (delta >> 1), None if size == NULL else data[at:end], by_broker))
        at = end + 1 if data[end] == 0 else _behind_headers(data, end)
    return found, at


def _rest(data: bytes, at: int, first: int) -> tuple[int, int]:
    """A number of several bytes, of which the first is given, and the place behind it."""
    number, shift = first & SEVEN_BITS, 7
    while (byte := data[at]) >= MORE:
        number |= (byte & SEVEN_BITS) << shift
        at, shift = at + 1, shift + 7
    return number | byte << shift, at + 1


def _number(data: bytes, at: int) -> tuple[int, int]:
    byte = data[at]
    return (byte, at + 1) if byte < MORE else _rest(data, at + 1, byte)


def _behind_headers(data: bytes, at: int) -> int:
    count, at = _number(data, at)
    for _ in range(count >> 1):
        for _ in ("key", "value"):
            size, at = _number(data, at)
            at += size >> 1
    return at
