"""Parsed rows into a frame of what they say, some rows at a time."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import islice, repeat

import msgspec
import polars as pl
from msgspec.structs import astuple
from polars.datatypes import DataType, DataTypeClass

from services.core.contract import INSTANT, Record
from services.detector.decode.letters import FaultBook
from services.detector.decode.lists import TEXTS, Lists
from services.detector.decode.times import instants

BLOCK_ROWS = 512
"""Rows that become columns together: so few that their objects are in the processor's cache still, and are gone before
the next ones come. Columns of twenty thousand rows take twice the time."""

PARSED: dict[DataType | DataTypeClass, DataType | DataTypeClass] = {INSTANT: pl.String(), pl.Int32(): pl.Int64()}
"""What a column is made of where that is not its own type."""


def frame_of(rows: Iterator[msgspec.Struct], record: Record, book: FaultBook) -> pl.DataFrame:
    """A column per field of the record, whole numbers of 64 bits; the book learns of texts that are no moment."""
    lists = Lists()
    blocks = []
    while few := list(islice(rows, BLOCK_ROWS)):
        blocks.append(_block(zip(*map(astuple, few), strict=True), record, lists))
    frame = pl.concat(blocks or [_block(repeat(()), record, lists)], rechunk=True)
    return pl.DataFrame([_column(frame[name], record, book, lists) for name in record.schema])


def _block(columns: Iterable[Sequence[Hashable]], record: Record, lists: Lists) -> pl.DataFrame:
    return pl.DataFrame(
        [
            lists.places(name, values) if dtype == TEXTS else pl.Series(name, values, PARSED.get(dtype, dtype))
            for (name, dtype), values in zip(record.schema.items(), columns, strict=False)
        ]
    )


def _column(found: pl.Series, record: Record, book: FaultBook, lists: Lists) -> pl.Series:
    dtype = record.schema[found.name]
    if dtype == INSTANT:
        return instants(found, record, book)
    return lists.column(found) if dtype == TEXTS else found
