"""A Parquet file into batches of decoded records with the number of rows read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from polars.exceptions import PanicException, PolarsError

from services.core.contract import Record
from services.core.errors import InputError
from services.detector.decode import column_faults, decode_frame
from services.detector.sources.ndjson import Batch

UNREADABLE = (PolarsError, PanicException, OSError)
"""What reading a spoilt file raises; Polars panics where a footer contradicts the file."""

MAGIC = b"PAR1"
LEAST_BYTES = 12
"""Opening magic, footer length, closing magic (Parquet format specification)."""

BLOCK_ROWS = 2**18
"""Rows read at once: about a row group, so that small slices do not unpack the same pages again and again."""


def is_finished(path: Path) -> bool:
    """Whether the footer has been written, which a Parquet file gets last."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - len(MAGIC)))
        return size >= LEAST_BYTES and file.read() == MAGIC


def row_count(path: Path, name: str) -> int:
    """Rows in the file. Raises InputError if it is no Parquet file."""
    return int(_read(_scan(path, name).select(pl.len()), name).item())


def parquet_faults(path: Path, record: Record, name: str) -> list[str]:
    """What is wrong with the columns of a file, a sentence each; InputError if it is no Parquet file."""
    try:
        return column_faults(_scan(path, name).collect_schema(), record, name)
    except UNREADABLE as error:
        raise unreadable(name, error) from error


def parquet_batches(path: Path, name: str, record: Record, start: int, rows: int) -> Iterator[Batch]:
    """The records from row `start` (counted from 0), `rows` a batch.

    Raises InputError if the file cannot be read, or with all faults of its columns.
    """
    if faults := parquet_faults(path, record, name):
        raise InputError(*faults)
    scan = _scan(path, name)
    wanted = scan.select(each for each in scan.collect_schema() if each in record.schema)
    block_rows = max(rows, BLOCK_ROWS)
    for first in range(start, row_count(path, name), block_rows):
        block = _read(wanted.slice(first, block_rows), name)
        for offset in range(0, block.height, rows):
            part = block.slice(offset, rows)
            yield Batch(decode_frame(part, record, name, first + offset), first + offset + part.height)


def unreadable(name: str, error: BaseException) -> InputError:
    """A file that cannot be read, with the system's or the reader's own words, and what to do."""
    told, right = str(error).partition("\n")[0], "deliver it again"
    if isinstance(error, OSError) and error.strerror:
        told = error.strerror
    if isinstance(error, PermissionError):
        right = "give the account that runs this the right to read it"
    if isinstance(error, PanicException):
        told = "its content does not agree with its footer"
    return InputError(f"{name}: cannot be read: {told}; {right}")


def _scan(path: Path, name: str) -> pl.LazyFrame:
    try:
        if not is_finished(path):
            raise InputError(f"{name}: is not a whole Parquet file: its footer is missing; deliver it again")
    except OSError as error:
        raise unreadable(name, error) from error
    return pl.scan_parquet(path, glob=False, hive_partitioning=False)


def _read(frame: pl.LazyFrame, name: str) -> pl.DataFrame:
    try:
        return frame.collect()
    except UNREADABLE as error:
        raise unreadable(name, error) from error
