"""Records of one partition as the broker keeps them into decoded slices and dead letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec
import polars as pl

from services.core.cloud_events import MOST_EVENTS, Unfit, unwrap
from services.core.contract import INSTANT, LOOKUP
from services.detector.decode import MAX_LINE_BYTES, Place, by_number, dead_letters
from services.detector.decode.faults import Fault
from services.detector.decode.letters import FaultBook
from services.detector.decode.lines import LineParser, decode_rows
from services.detector.sources.kafka.straight import batch_rows, straight_rows

Record = tuple[int, bytes | None, int | None]
"""Offset, value, and when the broker received it.

A value that is absent is a tombstone. The time is in milliseconds since 1970, and absent where the topic holds the
time of its producers, which proves nothing.
"""

MICROSECONDS = 1_000
"""In a millisecond."""

MESSAGES_AT_ONCE = 128
"""Messages parsed together, as long as all of them are straight."""

TOMBSTONE = Fault(
    "tombstone", "message: has no value, which would delete something; a lookup cannot be deleted, send it whole"
)


@dataclass(frozen=True)
class Piece:
    """Lookups (columns of LOOKUP) and dead letters (columns of DEAD) of one partition, and the offset behind them.

    `received` has the moment at which the broker received each lookup, null where the topic does not tell; `place`
    tells where the lookup of a row stood.
    """

    lookups: pl.DataFrame
    dead: pl.DataFrame
    next: int
    received: pl.Series | None = None
    place: Place = by_number


class _Gathered:
    """What is gathered for one piece: of each row the record, and the number in it if it has several; and the unfit."""

    def __init__(self, max_event_bytes: int, most_events: int) -> None:
        self._limit = max_event_bytes
        self._most_events = most_events
        self._book = FaultBook(LOOKUP)
        self._parser = LineParser(LOOKUP, self._book, max_event_bytes)
        self._origins: list[Record | tuple[int, bytes, int | None, int]] = []
        self._unfit: list[tuple[str, Fault, bytes]] = []
        self._at = 0
        self._told_of: bytes | None = None
        self._events: list[bytes | Unfit] = []

    def piece(self, records: Sequence[Record], at: int, most: int) -> tuple[Piece, int]:
        """The records from a place on decoded in one go, until there are so many lookups; and the place behind them."""
        self._at = at
        decoded = decode_rows(self._rows(records, most), LOOKUP, self._book, self._told)
        received = self._received(decoded.rows)
        after = records[self._at - 1][0] + 1
        if not self._unfit:
            return Piece(decoded.valid, decoded.dead, after, received, decoded.place), self._at
        places, faults, raw = zip(*self._unfit, strict=True)
        letters = dead_letters(LOOKUP, places, [(fault,) for fault in faults], raw)
        dead = pl.concat([decoded.dead, letters])
        return Piece(decoded.valid, dead, after, received, decoded.place), self._at

    def _rows(self, records: Sequence[Record], most: int) -> Iterator[msgspec.Struct]:
        """A row per lookup; those of many straight messages are made at once, which takes half the time."""
        while self._at < len(records) and (left := most - len(self._origins) - len(self._unfit)) > 0:
            few = records[self._at : self._at + min(left, MESSAGES_AT_ONCE)]
            if rows := straight_rows([value for _, value, _ in few], self._limit):
                self._at += len(few)
                self._origins += few
                yield from rows
            else:
                yield from self._one_by_one(few, most)

    def _one_by_one(self, records: Sequence[Record], most: int) -> Iterator[msgspec.Struct]:
        for record in records:
            self._at += 1
            offset, value, received = record
            if rows := straight_rows([value], self._limit):
                self._origins.append(record)
                yield from rows
            else:
                yield from self._unusual(offset, value, received)
            if len(self._origins) + len(self._unfit) >= most:
                return

    def _unusual(self, offset: int, value: bytes | None, received: int | None) -> Iterator[msgspec.Struct]:
        """The rows of a record that is not one straight event."""
        if value is None:
            self._unfit.append((_place(offset, 0, 1), TOMBSTONE, b""))
        elif len(value) <= self._limit and (rows := batch_rows(value, self._most_events)):
            self._origins += [(offset, value, received, number) for number in range(len(rows))]
            yield from rows
        else:
            yield from self._with_care(offset, value, received)

    def _with_care(self, offset: int, value: bytes, received: int | None) -> Iterator[msgspec.Struct]:
        found = unwrap(value, most=self._most_events)
        for number, event in enumerate(found):
            if isinstance(event, Unfit):
                place = _place(offset, number, len(found))
                self._unfit.append((place, Fault(event.code, event.reason), event.raw))
            else:
                row = self._parser.row(event, len(self._origins))
                self._origins.append((offset, value, received, number))
                yield row

    def _told(self, row: int) -> tuple[str, bytes]:
        """Where the lookup of a row stood, and its bytes; asked for the faulty few only."""
        offset, value, _received, *number = self._origins[row]
        if value is not self._told_of:
            self._told_of, self._events = value, unwrap(value or b"", most=self._most_events)
        found = self._events
        place = number[0] if number else 0
        event = found[place]
        return _place(offset, place, len(found)), event.raw if isinstance(event, Unfit) else event

    def _received(self, rows: pl.Series) -> pl.Series:
        """Of the rows with these numbers, which count from 1."""
        moments = pl.Series("received", [origin[2] for origin in self._origins], pl.Int64).gather(rows - 1)
        return (moments * MICROSECONDS).cast(INSTANT)


def decode_records(
    records: Iterable[Record], rows: int, max_event_bytes: int = MAX_LINE_BYTES, most_events: int = MOST_EVENTS
) -> Iterator[Piece]:
    """Records in the order of their offsets into pieces of some `rows` lookups.

    A record is never cut, so that each piece ends at an offset; one with many events makes a larger piece. Positions
    of dead letters are `offset N`, or `offset N, event M` in a record of several events. A record of more than
    `most_events` is one dead letter.
    """
    left, at = list(records), 0
    while at < len(left):
        piece, at = _Gathered(max_event_bytes, most_events).piece(left, at, rows)
        yield piece


def _place(offset: int, number: int, of: int) -> str:
    return f"offset {offset}" if of == 1 else f"offset {offset}, event {number + 1}"
