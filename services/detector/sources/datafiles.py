"""The files of a dataset directory: which there are, of what kind, and how each is read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from services.core.contract import Record
from services.detector.decode import MAX_LINE_BYTES
from services.detector.sources.ndjson import Batch, NdjsonFile
from services.detector.sources.parquet import parquet_batches, unreadable

LOOKUPS = "lookups"
KINDS = (".parquet", ".ndjson", ".ndjson.gz", ".ndjson.zst")
KINDS_IN_WORDS = ", ".join(KINDS)


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
