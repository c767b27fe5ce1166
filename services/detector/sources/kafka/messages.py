"""Records of one partition as the broker keeps them into decoded slices and dead letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import polars as pl

from services.core.cloud_events import Unfit, unwrap
from services.core.contract import INSTANT, LOOKUP
from services.detector.decode import MAX_LINE_BYTES, dead_letters, decode_lines
from services.detector.decode.faults import Fault

Record = tuple[int, bytes | None, int | None]
"""Offset, value, and when the broker received it.

A value that is absent is a tombstone. The time is in milliseconds since 1970, and absent where the topic holds the
time of its producers, which proves nothing.
"""

MICROSECONDS = 1_000
"""In a millisecond."""

TOMBSTONE = Fault(
    "tombstone", "message: has no value, which would delete something; a lookup cannot be deleted, send it whole"
)


@dataclass(frozen=True)
class Piece:
    """Lookups (columns of LOOKUP) and dead letters (columns of DEAD) of one partition, and the offset behind them.

    `received` has the moment at which the broker received each lookup, null where the topic does not tell.
    """

    lookups: pl.DataFrame
    dead: pl.DataFrame
    next: int
    received: pl.Series | None = None


@dataclass
class _Gathered:
    """What is gathered for one piece: lines to decode with their places, and what holds no lookup."""

    lines: list[bytes] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    received: list[int | None] = field(default_factory=list)
    unfit: list[tuple[str, Fault, bytes]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.lines) + len(self.unfit)

    def take(self, offset: int, value: bytes | None, received: int | None) -> None:
        """The events of one record."""
        if value is None:
            self.unfit.append((_place(offset), TOMBSTONE, b""))
            return
        found = unwrap(value)
        if len(found) == 1:
            self._put(_place(offset), found[0], received)
        else:
            for number, event in enumerate(found, 1):
                self._put(f"{_place(offset)}, event {number}", event, received)

    def _put(self, place: str, found: bytes | Unfit, received: int | None) -> None:
        if isinstance(found, Unfit):
            self.unfit.append((place, Fault(found.code, found.reason), found.raw))
        else:
            self.lines.append(found)
            self.places.append(place)
            self.received.append(received)

    def decoded(self, next_offset: int, max_event_bytes: int) -> Piece:
        """All that was gathered, decoded in one go."""
        decoded = decode_lines(self.lines, self.places, LOOKUP, max_event_bytes)
        received = self._received(decoded.rows)
        if not self.unfit:
            return Piece(decoded.valid, decoded.dead, next_offset, received)
        places, faults, raw = zip(*self.unfit, strict=True)
        letters = dead_letters(LOOKUP, places, [(fault,) for fault in faults], raw)
        return Piece(decoded.valid, pl.concat([decoded.dead, letters]), next_offset, received)

    def _received(self, rows: pl.Series) -> pl.Series:
        """Of the lines with these numbers, which count from 1."""
        moments = pl.Series("received", self.received, pl.Int64).gather(rows - 1) * MICROSECONDS
        return moments.cast(INSTANT)


def decode_records(records: Iterable[Record], rows: int, max_event_bytes: int = MAX_LINE_BYTES) -> Iterator[Piece]:
    """Records in the order of their offsets into pieces of some `rows` lookups.

    A record is never cut, so that each piece ends at an offset; one with many events makes a larger piece. Positions
    of dead letters are `offset N`, or `offset N, event M` in a record of several events.
    """
    gathered, behind = _Gathered(), -1
    for offset, value, received in records:
        gathered.take(offset, value, received)
        behind = offset + 1
        if len(gathered) >= rows:
            yield gathered.decoded(behind, max_event_bytes)
            gathered = _Gathered()
    if gathered:
        yield gathered.decoded(behind, max_event_bytes)


def _place(offset: int) -> str:
    return f"offset {offset}"
