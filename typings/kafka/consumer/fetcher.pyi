from collections.abc import Iterator, Sequence

from kafka.record import MemoryRecords
from kafka.record.default_records import DefaultRecordBatch
from kafka.structs import TopicPartition

class ConsumerRecord:
    topic: str
    partition: int
    offset: int
    timestamp: int
    timestamp_type: int | None
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]

class Fetcher:
    _next_partition_records: PartitionRecords | None
    class PartitionRecords:
        fetch_offset: int
        next_fetch_offset: int
        leader_epoch: int
        bytes_read: int
        records_read: int
        check_crcs: bool
        isolation_level: int
        aborted_producer_ids: set[int]
        topic_partition: TopicPartition
        record_iterator: Iterator[object] | None
        def __init__(
            self,
            fetch_offset: int,
            tp: TopicPartition,
            records: MemoryRecords,
            *,
            key_deserializer: object = None,
            value_deserializer: object = None,
            check_crcs: bool = True,
            isolation_level: int = ...,
            aborted_transactions: object = None,
            metric_aggregator: object = None,
            on_drain: object = ...,
        ) -> None: ...
        def drain(self) -> None: ...
        def take(self, n: int | None = None) -> list[object]: ...
        def _unpack_records(
            self, tp: TopicPartition, records: MemoryRecords, key_deserializer: object, value_deserializer: object
        ) -> Iterator[object]: ...
        def _maybe_skip_record(self, record: object) -> bool: ...
        def _consume_aborted_transactions_up_to(self, offset: int) -> None: ...
        def _is_batch_aborted(self, batch: DefaultRecordBatch) -> bool: ...
        def _contains_abort_marker(self, batch: DefaultRecordBatch) -> bool: ...
