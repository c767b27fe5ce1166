"""A folder of lookup files into slices, once or for as long as the files grow."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import polars as pl

from services.core.contract import LOOKUP
from services.core.errors import InputError
from services.detector.decode import MAX_LINE_BYTES, dead_letters, nothing
from services.detector.sources.changes import Stamp, Watch, changed_while_read, stamp
from services.detector.sources.datafiles import (
    LOOKUPS,
    folder_faults,
    kind_of,
    lookup_files,
    read_batches,
    unread_file,
)
from services.detector.sources.dataset import Dataset
from services.detector.sources.ndjson import changed
from services.detector.sources.parquet import is_finished, row_count, unreadable
from services.detector.sources.slices import SourceSlice

__all__ = ["PARTITION", "Dataset", "FilesSource"]

PARTITION = "files"


class FilesSource:
    """Reads DATASET/lookups in the order of the file names, from the positions given.

    With `follow`, goes on looking for grown NDJSON files and new files every `poll_seconds` until `stop` is set; what
    is not finished (a last line, a compressed file, a Parquet file without footer) waits for its end, and a file that
    cannot be read is a dead letter and is tried again. Without, the last slice is an empty one that closes the input.
    `again` is asked on each look for slices from elsewhere, which go first.
    """

    def __init__(
        self,
        path: Path,
        positions: Mapping[str, int],
        rows_per_slice: int,
        follow: bool,
        poll_seconds: float,
        stop: threading.Event,
        max_line_bytes: int = MAX_LINE_BYTES,
        again: Callable[[], Iterable[SourceSlice]] = tuple,
    ) -> None:
        self._path = path
        self._positions = dict(positions)
        self._rows = rows_per_slice
        self._follow = follow
        self._poll_seconds = poll_seconds
        self._stop = stop
        self._max_line_bytes = max_line_bytes
        self._again = again
        self._read: dict[str, Stamp] = {}
        self._unread: dict[str, InputError] = {}
        self._refused: set[str] = set()
        self._watch = Watch()

    def slices(self) -> Iterator[SourceSlice]:
        """Slices until the input ends (the last is closed) or `stop` is set (none is).

        Raises InputError if there is nothing to read from. Of an input that is not followed also, after the slices of
        all other files, with the faults of all files that cannot be read or have wrong columns; and DoelbindingError
        if a file changes while it is read. Neither closes the input.
        """
        faults = folder_faults(self._path)
        if faults and not (self._follow and (self._path / LOOKUPS).is_dir()):
            raise InputError(*faults)
        while not self._stop.is_set():
            yield from self._round()
            if not self._follow:
                break
            self._stop.wait(self._poll_seconds)
        if self._follow or self._stop.is_set():
            return
        if self._unread:
            raise InputError(*(fault for error in self._unread.values() for fault in error.faults))
        yield _slice(nothing(LOOKUP).valid, nothing(LOOKUP).dead, {}, closed=True)

    def _round(self) -> Iterator[SourceSlice]:
        """One pass over what is to be taken again, and the files that are there now."""
        for found in self._again():
            yield found
            if self._stop.is_set():
                return
        for path in lookup_files(self._path):
            try:
                for found in self._visit(path):
                    yield found
                    if self._stop.is_set():
                        return
                self._unread.pop(path.name, None)
            except (OSError, InputError) as error:
                if path.exists():  # else it was removed since the folder was listed
                    yield from self._set_aside(path, error)

    def _set_aside(self, path: Path, error: OSError | InputError) -> Iterator[SourceSlice]:
        """A file that cannot be read (further) does not keep the others from being read; it is told once."""
        name = f"{LOOKUPS}/{path.name}"
        fault = unreadable(name, error) if isinstance(error, OSError) else error
        told = self._unread.get(path.name)
        self._unread[path.name] = fault
        if self._follow and (told is None or told.faults != fault.faults):
            yield _slice(nothing(LOOKUP).valid, unread_file(name, fault), {})

    def _visit(self, path: Path) -> Iterator[SourceSlice]:
        """What is new in one file."""
        seen = stamp(path)
        if path.name in self._refused or seen in (None, self._read.get(path.name)) or self._waits(path):
            return
        if told := self._change(path):
            self._refused.add(path.name)
            yield self._refusal(path, told)
            return
        for found in self._slices_of(path):
            if self._spoilt_since(path, seen):
                return
            self._positions |= found.positions
            yield found
        # taken before the reading: what is written meanwhile makes another stamp, and is read on the next visit
        if seen:
            self._read[path.name] = seen

    def _spoilt_since(self, path: Path, seen: Stamp | None) -> bool:
        """Whether what was just read may be of two files: then it is left, and the next visit tells what happened.

        Followed NDJSON may grow meanwhile. Raises DoelbindingError where there will be no next visit.
        """
        if stamp(path) == seen or (self._follow and kind_of(path) != ".parquet"):
            return False
        if self._follow:
            return True
        raise changed_while_read(f"{LOOKUPS}/{path.name}")

    def _waits(self, path: Path) -> bool:
        return self._follow and kind_of(path) == ".parquet" and not is_finished(path)

    def _change(self, path: Path) -> str | None:
        position = self._positions.get(path.name, 0)
        told = self._watch.change(path, position)
        if told or not position or kind_of(path) != ".parquet":
            return told
        rows = row_count(path, f"{LOOKUPS}/{path.name}")
        return f"has {rows} rows, fewer than the {position} read before" if rows < position else None

    def _slices_of(self, path: Path) -> Iterator[SourceSlice]:
        batches = read_batches(
            path,
            f"{LOOKUPS}/{path.name}",
            LOOKUP,
            self._positions.get(path.name, 0),
            self._rows,
            self._max_line_bytes,
            whole=not self._follow,
        )
        for batch in batches:
            read = batch.decoded
            yield SourceSlice(PARTITION, read.valid, read.dead, {path.name: batch.next}, closed=False, place=read.place)

    def _refusal(self, path: Path, told: str) -> SourceSlice:
        where = f"{LOOKUPS}/{path.name}: after {self._positions.get(path.name, 0)}"
        letters = dead_letters(LOOKUP, [where], [(changed(told),)], [b""])
        return _slice(nothing(LOOKUP).valid, letters, {})


def _slice(
    lookups: pl.DataFrame, dead: pl.DataFrame, positions: Mapping[str, int], closed: bool = False
) -> SourceSlice:
    return SourceSlice(PARTITION, lookups, dead, positions, closed)
