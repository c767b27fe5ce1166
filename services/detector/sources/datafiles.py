"""The files of a dataset directory: which there are, of what kind, and how each is read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from services.core.contract import LOOKUP, Record
from services.core.errors import InputError
from services.detector.decode import MAX_LINE_BYTES, dead_letters
from services.detector.decode.faults import Fault
from services.detector.sources.ndjson import Batch, NdjsonFile
from services.detector.sources.parquet import parquet_batches, unreadable

LOOKUPS = "lookups"
KINDS = (".parquet", ".ndjson", ".ndjson.gz", ".ndjson.zst")
KINDS_IN_WORDS = ", ".join(KINDS)
UNREAD = "file-unreadable"
OF_A_FILE = pl.col("codes").list.contains(UNREAD)
"""Dead letters of files that could not be read, among those of records."""


def kind_of(path: Path) -> str | None:
    """The ending that says how a file is read; null for other files, hidden ones and half-made ones."""
    if path.name.startswith((".", "_")):
        return None
    return next((kind for kind in KINDS if path.name.endswith(kind) and path.name != kind), None)


def lookup_files(dataset: Path) -> list[Path]:
    """The files with lookups, in the order of their names. Raises InputError if the folder cannot be read."""
    folder = dataset / LOOKUPS
    try:
        return sorted(path for path in folder.iterdir() if kind_of(path) and path.is_file())
    except OSError as error:
        raise unreadable(str(folder), error) from error


def passed_over(dataset: Path) -> list[str]:
    """Names in the folder with lookups that are not read, for a word to the user: a wrong ending loses data."""
    taken = {path.name for path in lookup_files(dataset)}
    names = (path.name for path in (dataset / LOOKUPS).iterdir())
    return sorted(name for name in names if name not in taken and not name.startswith((".", "_")))


def passed_over_in_words(dataset: Path) -> list[str]:
    """A sentence for each name in the folder with lookups that is not read: why, and what to do."""
    endings = f"is not read, because of its ending; end it in one of {KINDS_IN_WORDS}, or move it elsewhere"
    no_file = "is not read, because there is no file behind this name; put the file itself there"
    return [
        f"{LOOKUPS}/{name}: {no_file if kind_of(dataset / LOOKUPS / name) else endings}"
        for name in passed_over(dataset)
    ]


def unread_file(name: str, error: InputError) -> pl.DataFrame:
    """The dead letter (DEAD schema) of a file with lookups of which nothing can be read, or nothing more."""
    faults = [Fault(UNREAD, told.removeprefix(f"{name}: ")) for told in error.faults]
    return dead_letters(LOOKUP, [name], [faults], [b""])


def unread_files(dead: pl.DataFrame) -> list[str]:
    """The faults of the files among dead letters, a sentence each."""
    files = dead.filter(OF_A_FILE).select("position", "reasons")
    return [f"{name}: {told}" for name, reasons in files.iter_rows() for told in reasons]


def folder_faults(dataset: Path) -> list[str]:
    """What keeps a dataset from being read: no directory, no folder with lookups, no file in it."""
    folder = dataset / LOOKUPS
    if not dataset.is_dir():
        return [f"{dataset}: is not a directory; give the directory of a dataset"]
    if not folder.is_dir():
        return [f"{folder}: is missing; the files with lookups belong in it"]
    if not lookup_files(dataset):
        return [f"{folder}: holds no lookups; expected files that end in {KINDS_IN_WORDS}"]
    return []


def read_batches(
    path: Path,
    name: str,
    record: Record,
    start: int,
    rows: int,
    max_line_bytes: int = MAX_LINE_BYTES,
    whole: bool = True,
) -> Iterator[Batch]:
    """The records of a file of any kind from position `start`, at most `rows` a batch.

    `name` is what positions and faults call the file; for `whole` see NdjsonFile. Raises InputError if the file
    cannot be read, and for Parquet with all faults of its columns.
    """
    if kind_of(path) == ".parquet":
        yield from parquet_batches(path, name, record, start, rows)
        return
    try:
        yield from NdjsonFile(path, name, record, max_line_bytes, whole).batches(start, rows)
    except OSError as error:
        raise unreadable(name, error) from error
