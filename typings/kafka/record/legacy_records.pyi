from collections.abc import Iterator

class LegacyRecord:
    offset: int
    value: bytes | None
    def validate_crc(self) -> bool: ...

class LegacyRecordBatch:
    base_offset: int
    magic: int
    def validate_crc(self) -> bool: ...
    def __iter__(self) -> Iterator[LegacyRecord]: ...
