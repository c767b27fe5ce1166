from collections.abc import Iterator

class LegacyRecord:
    offset: int
    timestamp: int | None
    timestamp_type: int | None
    value: bytes | None
    def validate_crc(self) -> bool: ...

class LegacyRecordBatch:
    base_offset: int
    magic: int
    def validate_crc(self) -> bool: ...
    def __iter__(self) -> Iterator[LegacyRecord]: ...
