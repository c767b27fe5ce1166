"""The fast unpacking of records and the client's own, on the same bytes, into what speaks against the fast one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import kafka
from kafka.consumer.fetcher import ConsumerRecord, Fetcher
from kafka.record import MemoryRecords, MemoryRecordsBuilder
from kafka.structs import TopicPartition

from services.detector.sources.kafka.fast_records import WRITTEN_AGAINST, FastRecords, received
from services.detector.sources.kafka.messages import Record

FORMAT = 2
PLAIN, GZIP = 0, 1
SIZES = (0, 1, 63, 64, 8_191, 8_192, 100_000)
"""On both sides of where a length takes one more byte."""

Unpacking = type[Fetcher.PartitionRecords]


def objection() -> str | None:
    """Why records cannot be unpacked the fast way; None where both find the same."""
    if kafka.__version__ != WRITTEN_AGAINST:
        return f"kafka-python is {kafka.__version__}, and this was written against {WRITTEN_AGAINST}"
    try:
        for sample in _samples():
            if _found(FastRecords, *sample) != _found(Fetcher.PartitionRecords, *sample):
                return "it finds other records than kafka-python"
    except Exception as error:  # noqa: BLE001 - whatever it is, kafka-python's own way does without
        return f"it fails on a sample ({type(error).__name__})"
    return None


def pair(record: object) -> Record:
    """A record in either form as it is handed on."""
    if isinstance(record, ConsumerRecord):
        return record.offset, record.value, received(record)
    return cast(Record, record)


def _found(unpacking: Unpacking, data: bytes, first: int) -> tuple[list[Record], int]:
    """All records from an offset on, and the offset behind them."""
    part = unpacking(first, TopicPartition("self-check", 0), MemoryRecords(data))
    found: list[Record] = []
    while part.record_iterator is not None:
        found += map(pair, part.take(3))
    return found, part.next_fetch_offset


def _samples() -> Iterator[tuple[bytes, int]]:
    """Batches with and without keys, values and headers, plain and compressed, and the offset to begin at."""
    for compression in (PLAIN, GZIP):
        builder = MemoryRecordsBuilder(FORMAT, compression, 1 << 20)
        for size in SIZES:
            builder.append(size * 1_000_003, b"k" * size, b"v" * size, [("name", b"h" * size), ("none", None)])
            builder.append(size, None, None)
        builder.close()
        for first in (0, len(SIZES)):
            yield bytes(builder.buffer()), first
