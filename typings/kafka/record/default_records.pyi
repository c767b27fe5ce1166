from typing import Self

class DefaultRecordBatch:
    _buffer: bytearray
    _pos: int
    _decompressed: bool
    CODEC_GZIP: int
    CODEC_ZSTD: int
    compression_type: int
    base_offset: int
    last_offset: int
    next_offset: int
    leader_epoch: int
    magic: int
    producer_id: int
    records_count: int
    max_timestamp: int
    timestamp_type: int
    size_in_bytes: int
    is_control_batch: bool
    is_transactional: bool
    def has_producer_id(self) -> bool: ...
    def validate_crc(self) -> bool: ...
    def __iter__(self) -> Self: ...
    def __next__(self) -> object: ...
