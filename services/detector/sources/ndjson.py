"""An NDJSON file, plain or compressed, into batches of decoded records with the position to read on from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import polars as pl

from services.core.contract import Record
from services.detector.decode import Decoded, dead_letters, decode_lines
from services.detector.decode.faults import Fault, line_too_long
from services.detector.sources.compressed import READ_BYTES, CorruptError, CutShortError, unpacked
from services.detector.sources.lines import Line, LineCutter


class Spoilt(NamedTuple):
    """A stretch of a file that cannot be read, and why; `next` is the position behind it."""

    fault: Fault
    at: int
    next: int
    data: bytes


@dataclass(frozen=True)
class Batch:
    """Some records of a file, decoded, and the position to read next."""

    decoded: Decoded
    next: int


@dataclass(frozen=True)
class NdjsonFile:
    """A file to read: its path, the name that positions carry, what it holds, and the longest line to take.

    `whole` says that nobody writes it any more: then a last line needs no line end, and a compressed file that is cut
    short is damaged. A file that is not whole waits for the rest.
    """

    path: Path
    name: str
    record: Record
    max_line_bytes: int
    whole: bool

    def batches(self, start: int, rows: int) -> Iterator[Batch]:
        """The records from position `start` (bytes; lines where compressed), at most `rows` lines a batch.

        Raises OSError if the file cannot be read. Memory is bounded by `rows`, whatever the file holds.
        """
        stretches = self._plain(start) if self.path.suffix == ".ndjson" else self._compressed(start)
        before = 0
        while few := list(islice(stretches, rows)):
            yield Batch(self._decode(few, before), few[-1].next)
            before += len(few)

    def _plain(self, start: int) -> Iterator[Line | Spoilt]:
        cutter = LineCutter(self.max_line_bytes, start)
        with self.path.open("rb", buffering=0) as file:
            file.seek(start)
            while piece := file.read(READ_BYTES):
                yield from map(self._measured, cutter.cut(piece))
        if self.whole:
            yield from map(self._measured, cutter.end())

    def _compressed(self, start: int) -> Iterator[Line | Spoilt]:
        """Lines by number; damage counts as a line of its own, so that it is told once and passed by on restart."""
        number = 0
        try:
            for number, line in enumerate(self._until_damage(), 1):
                if number > start:
                    yield line._replace(at=number, next=number)
        except CutShortError:
            return  # still being written: the lines to come may be those that were read before
        if number < start:
            yield Spoilt(changed(f"has {number} lines, fewer than the {start} read before"), start, start, b"")

    def _until_damage(self) -> Iterator[Line | Spoilt]:
        cutter = LineCutter(self.max_line_bytes)
        try:
            for piece in unpacked(self.path):
                yield from map(self._measured, cutter.cut(piece))
            yield from map(self._measured, cutter.end())
        except CorruptError as error:
            yield Spoilt(damaged(str(error)), 0, 0, cutter.unfinished())
        except CutShortError:
            if not self.whole:
                raise
            yield Spoilt(damaged("it is cut short"), 0, 0, cutter.unfinished())

    def _measured(self, line: Line) -> Line | Spoilt:
        if line.length <= self.max_line_bytes:
            return line
        return Spoilt(line_too_long(line.length, self.max_line_bytes), line.at, line.next, b"")

    def _decode(self, stretches: Iterable[Line | Spoilt], before: int) -> Decoded:
        lines, numbers, spoilt = [], [], []
        for number, stretch in enumerate(stretches, before + 1):
            if isinstance(stretch, Spoilt):
                spoilt.append(stretch)
            elif not stretch.data.isspace() and stretch.data:
                lines.append(stretch)
                numbers.append(number)
        places = [self._place(line.at) for line in lines]
        decoded = decode_lines([line.data for line in lines], places, self.record, self.max_line_bytes)
        dead = pl.concat([decoded.dead, self._letters(spoilt)]) if spoilt else decoded.dead
        return Decoded(decoded.valid, dead, pl.Series(numbers, dtype=pl.Int64).gather(decoded.rows - 1), decoded.place)

    def _letters(self, spoilt: list[Spoilt]) -> pl.DataFrame:
        places = [self._place(stretch.at) for stretch in spoilt]
        faults, raw = [(stretch.fault,) for stretch in spoilt], [stretch.data for stretch in spoilt]
        return dead_letters(self.record, places, faults, raw)

    def _place(self, at: int) -> str:
        return f"{self.name}: {'byte' if self.path.suffix == '.ndjson' else 'line'} {at}"


def damaged(told: str) -> Fault:
    """The rest of a compressed file is lost."""
    return Fault("file-damaged", f"file: cannot be read from here on ({told}); deliver it again under another name")


def changed(told: str) -> Fault:
    """A file is no longer the one that was read."""
    return Fault("file-changed", f"file: {told}; it is not read again, so put new records in a file with a new name")
