"""The fast unpacking of fetched bytes: what it refuses, and when the client's own way is taken instead."""

from __future__ import annotations

import tracemalloc

import kafka
import pytest
from kafka import TopicPartition
from kafka.consumer.fetcher import Fetcher
from kafka.errors import CorruptRecordError
from kafka.record import MemoryRecords, MemoryRecordsBuilder

from services.detector.sources.kafka import record_check
from services.detector.sources.kafka.fast_records import DamagedBatchError, FastRecords, OversizedBatchError, walk
from services.detector.sources.kafka.record_check import objection, pair

AT = TopicPartition("lookups", 0)
HEADER_BYTES = 61


def a_batch(count: int = 3, first: int = 0) -> bytearray:
    builder = MemoryRecordsBuilder(2, 0, 1 << 20, offset=first)
    for number in range(count):
        builder.append(1_700_000_000_000 + number, b"key", f"value-{number}".encode(), [("name", b"header")])
    builder.close()
    return builder.buffer()


def test_it_finds_what_the_client_finds():
    assert objection() is None


def test_another_version_of_the_client_unpacks_in_its_own_way(monkeypatch):
    monkeypatch.setattr(kafka, "__version__", "3.1.0")
    assert objection() == "kafka-python is 3.1.0, and this was written against 3.0.12"


def test_what_finds_other_records_is_not_used(monkeypatch):
    class Forgetful(FastRecords):
        def take(self, n=None):
            return super().take(n)[1:]

    class Failing(FastRecords):
        def take(self, n=None):
            raise KeyError(n)

    monkeypatch.setattr(record_check, "FastRecords", Forgetful)
    assert objection() == "it finds other records than kafka-python"
    monkeypatch.setattr(record_check, "FastRecords", Failing)
    assert objection() == "it fails on a sample (KeyError)"


@pytest.mark.parametrize("byte", [HEADER_BYTES, HEADER_BYTES + 9, -1])
def test_a_batch_with_a_changed_byte_is_refused_each_time_and_never_skipped(byte):
    data = a_batch()
    data[byte] ^= 1
    for _ in range(2):
        part = FastRecords(0, AT, MemoryRecords(data))
        with pytest.raises(CorruptRecordError):
            part.take(10)
        assert part.take(10) == []
        assert part.next_fetch_offset == 0


@pytest.mark.parametrize(("byte", "behind"), [(-1, 3), (26, None), (60, None)], ids=["value", "last offset", "count"])
def test_a_damaged_batch_tells_its_end_only_where_its_head_agrees_with_itself(byte, behind):
    data = a_batch(3)
    data[byte] ^= 1
    with pytest.raises(DamagedBatchError) as told:
        FastRecords(0, AT, MemoryRecords(data)).take(10)
    assert (told.value.partition, told.value.first, told.value.behind) == (AT, 0, behind)


def test_records_before_a_damaged_batch_are_given_first():
    damaged = a_batch(3, 3)
    damaged[-1] ^= 1
    part = FastRecords(0, AT, MemoryRecords(a_batch(3) + damaged))
    assert [offset for offset, *_ in map(pair, part.take(10))] == [0, 1, 2]
    with pytest.raises(CorruptRecordError):
        part.take(10)


def test_a_batch_that_is_not_whole_yet_is_left_for_the_next_fetch():
    part = FastRecords(0, AT, MemoryRecords(a_batch(3) + a_batch(3, 3)[:-5]))
    assert len(part.take(10)) == 3
    assert part.take(10) == []
    assert part.next_fetch_offset == 3


@pytest.mark.parametrize("cut", [1, 10, 20])
def test_records_that_do_not_fill_their_batch_are_refused(cut):
    data = bytes(a_batch())
    assert len(walk(data, HEADER_BYTES, 3, 0, None)) == 3
    for wrong, count in ((data[:-cut], 3), (data, 2), (data, 4), (data + b"\0" * cut, 3)):
        with pytest.raises(CorruptRecordError):
            walk(wrong, HEADER_BYTES, count, 0, None)


def test_old_formats_are_unpacked_too():
    builder = MemoryRecordsBuilder(1, 0, 1 << 20)
    builder.append(1, b"key", b"value")
    builder.append(2, None, None)
    builder.close()
    for unpacking in (FastRecords, Fetcher.PartitionRecords):
        part = unpacking(0, AT, MemoryRecords(builder.buffer()))
        assert [pair(record)[1] for record in [*part.take(1), *part.take(1)]] == [b"value", None]


PLAIN, GZIP, ZSTD = 0, 1, 4


def a_packed_batch(compression: int, value: bytes) -> bytearray:
    builder = MemoryRecordsBuilder(2, compression, 1 << 30)
    for number in range(3):
        builder.append(number, b"key", value)
    builder.close()
    return builder.buffer()


@pytest.mark.parametrize("compression", [PLAIN, GZIP, ZSTD], ids=["plain", "gzip", "zstd"])
def test_a_packed_batch_gives_what_the_client_finds_in_it(compression):
    data = a_packed_batch(compression, b"value" * 100_000)
    found = [
        [pair(record) for record in part.take(9)]
        for part in (unpacking(0, AT, MemoryRecords(data)) for unpacking in (FastRecords, Fetcher.PartitionRecords))
    ]
    assert found[0] == found[1]
    assert len(found[0]) == 3


@pytest.mark.parametrize("compression", [GZIP, ZSTD], ids=["gzip", "zstd"])
def test_a_batch_that_unpacks_without_end_is_not_unpacked_and_tells_where_to_read_on(compression):
    class Bounded(FastRecords):
        most_unpacked = 1_000_000

    data = a_packed_batch(compression, b"0" * 20_000_000)
    assert len(data) < 100_000
    part = Bounded(0, AT, MemoryRecords(data))
    tracemalloc.start()
    with pytest.raises(OversizedBatchError) as told:
        part.take(9)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (told.value.partition, told.value.first, told.value.behind) == (AT, 0, 3)
    assert peak < 5 * Bounded.most_unpacked
