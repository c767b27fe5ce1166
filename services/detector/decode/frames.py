"""A frame as a Parquet file holds it into validated records and dead letters."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from services.core.contract import INSTANT, Record
from services.detector.decode.checks import check, settle
from services.detector.decode.columns import conform
from services.detector.decode.letters import DEAD, Decoded, FaultBook, dead_letters, numbers

ISO = "%Y-%m-%dT%H:%M:%S%.6fZ"
PRINTABLE_MICROSECONDS = 62_135_596_800_000_000, 253_402_300_800_000_000
"""From the year 1 back from 1970, and to the year 10000: what a calendar can write."""


def decode_frame(frame: pl.DataFrame, record: Record, where: str, first_row: int = 0) -> Decoded:
    """Rows that keep the contract, and the others as dead letters; both in the order of the frame.

    `where` names the file in positions and faults; `first_row` is the number of rows of the file before this frame.
    Raises InputError, with all faults, if a required column is missing or a column has another type.
    """
    typed = conform(frame, record, where)
    book = FaultBook(record)
    check(typed, record, book)
    places = [f"{where}: row {first_row + row + 1}" for row in book.rows()]
    decoded = split(typed, record, book, places, numbers(typed.height, first_row))
    return replace(decoded, place=lambda row: f"{where}: row {decoded.rows[row]}")


def split(
    frame: pl.DataFrame,
    record: Record,
    book: FaultBook,
    positions: list[str],
    counted: pl.Series,
    raw: list[bytes] | None = None,
) -> Decoded:
    """The frame parted by the book; `positions` (and `raw`, else made of the rows) are those of the faulty rows.

    `counted` has the number of every row.
    """
    rows = book.rows()
    if not rows:
        return Decoded(settle(frame, record), pl.DataFrame(schema=DEAD), counted)
    faulty = pl.Series(rows, dtype=pl.get_index_type())
    if raw is None:
        raw = _as_json(frame[faulty])
    sound = ~pl.int_range(frame.height, dtype=pl.get_index_type(), eager=True).is_in(faulty.implode())
    letters = dead_letters(record, positions, (book.faults(row) for row in rows), raw)
    return Decoded(settle(frame.filter(sound), record), letters, counted.filter(sound))


def _as_json(frame: pl.DataFrame) -> list[bytes]:
    """Each row as one JSON object, so that a dead letter can be mended and replayed whatever file it came from."""
    texts = frame.select(_printable(name, dtype) for name, dtype in frame.schema.items())
    return [text.encode() for text in texts.select(pl.struct(pl.all()).struct.json_encode()).to_series()]


def _printable(name: str, dtype: pl.DataType) -> pl.Expr:
    value = pl.col(name)
    if dtype != INSTANT:
        return value
    before, after = PRINTABLE_MICROSECONDS
    microseconds = value.to_physical()
    writable = pl.when(microseconds.is_between(-before, after, closed="left")).then(value).dt.strftime(ISO)
    return pl.coalesce(writable, microseconds.cast(pl.String)).alias(name)
