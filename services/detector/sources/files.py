"""A folder of lookup files into slices, once or for as long as the files grow."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from services.core.contract import LOOKUP
from services.core.errors import InputError
from services.detector.decode import MAX_LINE_BYTES, Decoded, dead_letters, nothing
from services.detector.sources.changes import Watch
from services.detector.sources.datafiles import LOOKUPS, folder_faults, kind_of, lookup_files, read_batches
from services.detector.sources.dataset import Dataset
from services.detector.sources.ndjson import changed
from services.detector.sources.parquet import is_finished, row_count, unreadable
from services.detector.sources.slices import SourceSlice

__all__ = ["PARTITION", "Dataset", "FilesSource"]

PARTITION = "files"


class FilesSource:
    """Reads DATASET/lookups in the order of the file names, from the positions given.

    With `follow`, goes on looking for grown NDJSON files and new files every `poll_seconds` until `stop` is set; what
    is not finished (a last line, a compressed file, a Parquet file without footer) waits for its end. Without, the
    last slice is an empty one that closes the input.
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
    ) -> None:
        self._path = path
        self._positions = dict(positions)
        self._rows = rows_per_slice
        self._follow = follow
        self._poll_seconds = poll_seconds
        self._stop = stop
        self._max_line_bytes = max_line_bytes
        self._read: dict[str, tuple[int, int, int]] = {}
        self._refused: set[str] = set()
        self._watch = Watch()

    def slices(self) -> Iterator[SourceSlice]:
        """Slices until the input ends (the last is closed) or `stop` is set (none is).

        Raises InputError if there is nothing to read from, or a file cannot be read or has wrong columns.
        """
        faults = folder_faults(self._path)
        if faults and not (self._follow and (self._path / LOOKUPS).is_dir()):
            raise InputError(*faults)
        while not self._stop.is_set():
            yield from self._round()
            if not self._follow:
                break
            self._stop.wait(self._poll_seconds)
        if not (self._follow or self._stop.is_set()):
            yield _slice(nothing(LOOKUP), {}, closed=True)

    def _round(self) -> Iterator[SourceSlice]:
        """One pass over the files that are there now."""
        for path in lookup_files(self._path):
            try:
                for found in self._visit(path):
                    yield found
                    if self._stop.is_set():
                        return
            except (OSError, InputError) as error:
                if not path.exists():
                    continue  # removed since the folder was listed
                raise unreadable(f"{LOOKUPS}/{path.name}", error) if isinstance(error, OSError) else error from None

    def _visit(self, path: Path) -> Iterator[SourceSlice]:
        """What is new in one file."""
        stat = path.stat()
        signature = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
        if path.name in self._refused or self._read.get(path.name) == signature or self._waits(path):
            return
        if told := self._change(path):
            self._refused.add(path.name)
            yield self._refusal(path, told)
            return
        yield from self._slices_of(path)
        # taken before the reading: what is written meanwhile makes another signature, and is read on the next visit
        self._read[path.name] = signature

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
            self._positions[path.name] = batch.next
            yield _slice(batch.decoded, {path.name: batch.next})

    def _refusal(self, path: Path, told: str) -> SourceSlice:
        where = f"{LOOKUPS}/{path.name}: after {self._positions.get(path.name, 0)}"
        letters = dead_letters(LOOKUP, [where], [(changed(told),)], [b""])
        return _slice(Decoded(pl.DataFrame(schema=LOOKUP.schema), letters), {})


def _slice(decoded: Decoded, positions: Mapping[str, int], closed: bool = False) -> SourceSlice:
    return SourceSlice(PARTITION, decoded.valid, decoded.dead, positions, closed)
