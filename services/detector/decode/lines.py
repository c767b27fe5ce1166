"""Lines of NDJSON into validated records and dead letters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Annotated

import msgspec
import polars as pl

from services.core.contract import INSTANT, Record
from services.detector.decode import faults
from services.detector.decode.checks import check
from services.detector.decode.faults import Fault
from services.detector.decode.frames import split
from services.detector.decode.gather import frame_of
from services.detector.decode.letters import Decoded, FaultBook, numbers
from services.detector.decode.lists import TEXTS
from services.detector.decode.values import LARGEST_EXACT, Row, Type, fitting_values, in_words

MAX_LINE_BYTES = 2**20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
JSON_TYPES: dict[Type, object] = {
    pl.String(): str | None,
    INSTANT: str | None,
    TEXTS: tuple[str, ...] | None,
    pl.Int32(): Annotated[int, msgspec.Meta(ge=-LARGEST_EXACT, le=LARGEST_EXACT)] | None,
    pl.Float64(): float | None,
    pl.Boolean(): bool | None,
}
"""What the parser may take as it is; anything else goes the slow way, field by field."""

UNREADABLE = (ValueError, RecursionError)
"""What the parser raises for bytes that are not JSON of the right types (nested without end, for the second)."""


def decode_lines(
    lines: Sequence[bytes], positions: Sequence[str], record: Record, max_line_bytes: int = MAX_LINE_BYTES
) -> Decoded:
    """Records that keep the contract, and the other lines as dead letters; both in the order of the lines.

    A line is one JSON object with the record's field names; `positions` says where each line stood. Fields that the
    record does not know are not looked at. Nothing that a line holds raises an exception.
    """
    book = FaultBook(record)
    parser = LineParser(record, book, max_line_bytes)
    rows = (parser.row(line, number) for number, line in enumerate(lines))
    return decode_rows(rows, record, book, lambda row: (positions[row], lines[row]))


def decode_rows(
    rows: Iterator[msgspec.Struct], record: Record, book: FaultBook, told: Callable[[int], tuple[str, bytes]]
) -> Decoded:
    """Parsed rows (of `row_type`) that keep the contract, and the others as dead letters; both in the order of rows.

    `book` has what parsing found wrong. `told` is asked where a faulty row stood, and for its bytes.
    """
    frame = frame_of(rows, record, book)
    check(frame, record, book)
    faulty = [told(row) for row in book.rows()]
    places, raw = [place for place, _ in faulty], [line for _, line in faulty]
    decoded = split(frame, record, book, places, numbers(frame.height), raw)
    return replace(decoded, place=lambda row: told(decoded.rows[row] - 1)[0])


class LineParser:
    """Lines into typed rows; the book learns what does not fit."""

    def __init__(self, record: Record, book: FaultBook, max_line_bytes: int = MAX_LINE_BYTES) -> None:
        self._type = row_type(record)
        self._parse = msgspec.json.Decoder(self._type).decode
        self._record = record
        self._book = book
        self._limit = max_line_bytes

    def row(self, line: bytes, number: int) -> msgspec.Struct:
        """A line as row `number`; of one that does not fit, what does, with the faults of the rest in the book."""
        try:
            return self._parse(line if len(line) <= self._limit else b"")
        except UNREADABLE:
            return self._type(**self._what_fits(line, number))

    def _what_fits(self, line: bytes, number: int) -> Row:
        found = _object_or_fault(line, self._limit)
        if isinstance(found, Fault):
            self._book.add_whole(number, found)
            return {}
        return fitting_values(found, self._record, number, self._book)


@cache
def row_type(record: Record) -> type[msgspec.Struct]:
    """What a line of this kind of record is parsed into: a field per column."""
    fields = [(field, JSON_TYPES[dtype], None) for field, dtype in record.schema.items()]
    return msgspec.defstruct(record.name, fields, gc=False)


def _object_or_fault(line: bytes, limit: int) -> Row | Fault:
    if len(line) > limit:
        return faults.line_too_long(len(line), limit)
    try:
        found = msgspec.json.decode(line.removeprefix(BYTE_ORDER_MARK))
    except UnicodeDecodeError:
        return faults.invalid_utf8(line)
    except UNREADABLE as error:
        return faults.not_json(str(error))
    return found if isinstance(found, dict) else faults.not_an_object(in_words(found))
