"""The columns of a foreign frame into the contract's types, as far as nothing is lost; else an InputError."""

from __future__ import annotations

import polars as pl
from polars.datatypes import DataType, DataTypeClass

from services.core.contract import INSTANT, LOOKUP, Record, Schema
from services.core.errors import InputError

TEXT_LIKE = (pl.String, pl.Categorical, pl.Enum)
MILLISECONDS_THAT_FIT = (2**63 - 1) // 1000
"""A larger count of milliseconds does not fit the microseconds of the contract; both lie far outside all years."""

EXPECTED: dict[DataType | DataTypeClass, str] = {
    pl.String(): "text",
    INSTANT: "timestamp[us, UTC]",
    pl.Int32(): "a whole number (int32)",
    pl.Float64(): "a number (float64)",
    pl.Boolean(): "true or false",
    pl.List(pl.String()): "a list of text",
}
"""The contract's types in words."""

ZONE_HINT = (
    "; mend it where the file is written, with the zone its times are in: in Polars "
    ".dt.replace_time_zone('Europe/Amsterdam').dt.convert_time_zone('UTC')"
)


def may_be_absent(record: Record) -> frozenset[str]:
    """Columns that a source may leave out; they are read as null."""
    return record.nullable if record is LOOKUP else record.absent_means_null


def column_faults(schema: Schema, record: Record, where: str) -> list[str]:
    """A sentence for each column that is missing or cannot be read as the contract's type."""
    faults = []
    for name, wanted in record.schema.items():
        found = schema.get(name)
        if found is None and name not in may_be_absent(record):
            faults.append(f"{where}: column {name}: is missing; expected {EXPECTED[wanted]}")
        if found is not None and not _fits(found, wanted):
            hint = ZONE_HINT if wanted == INSTANT and isinstance(found, pl.Datetime) else ""
            faults.append(f"{where}: column {name}: found {_in_words(found)}, expected {EXPECTED[wanted]}{hint}")
    return faults


def conform(frame: pl.DataFrame, record: Record, where: str) -> pl.DataFrame:
    """The record's columns, absent ones null, in the contract's types but for whole numbers, which keep their width.

    Raises InputError with the faults of all columns.
    """
    if faults := column_faults(frame.schema, record, where):
        raise InputError(*faults)
    return frame.select(_column(frame.schema.get(name), name, wanted) for name, wanted in record.schema.items())


def _fits(found: DataType | DataTypeClass, wanted: DataType | DataTypeClass) -> bool:
    if found in (pl.Null, wanted):
        return True
    if wanted == INSTANT:
        return isinstance(found, pl.Datetime) and found.time_zone is not None
    if wanted == pl.Int32:
        return found.is_integer()
    if wanted == pl.Float64:
        return found.is_numeric()
    if isinstance(wanted, pl.List):
        return isinstance(found, pl.List | pl.Array) and (found.inner == pl.Null or found.inner in TEXT_LIKE)
    return wanted == pl.String and found in TEXT_LIKE


def _column(found: DataType | None, name: str, wanted: DataType | DataTypeClass) -> pl.Expr:
    if found is None:
        return pl.lit(None, wanted).alias(name)
    column = pl.col(name)
    if found.is_integer() and wanted == pl.Int32:
        return column
    if isinstance(found, pl.Datetime):
        return _instant(column, found)
    return column.cast(wanted)


def _instant(column: pl.Expr, found: pl.Datetime) -> pl.Expr:
    if found.time_unit == "ms":
        column = column.to_physical().clip(-MILLISECONDS_THAT_FIT, MILLISECONDS_THAT_FIT).cast(pl.Datetime("ms", "UTC"))
    return column.dt.convert_time_zone("UTC").cast(INSTANT)


def _in_words(found: DataType | DataTypeClass) -> str:
    if isinstance(found, pl.Datetime) and found.time_zone is None:
        return f"timestamp[{found.time_unit}] without a time zone"
    if isinstance(found, pl.Enum | pl.Categorical):
        return "text in categories"  # the type's own name lists the values, which may be identities
    return "text" if found == pl.String else str(found)
