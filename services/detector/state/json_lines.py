"""Frames into JSON as the API reads it, a line per row: what `to_wire` makes of each row, for all rows at once."""

from __future__ import annotations

import polars as pl
from polars.datatypes import DataTypeClass

from services.core.wire import camel

MOMENT, DAY = "%Y-%m-%dT%H:%M:%S%.6fZ", "%Y-%m-%d"


def json_lines(frame: pl.DataFrame) -> list[bytes]:
    """The JSON of each row; keys are camelCase, moments (all of them in UTC) end in Z."""
    told = frame.select(_told(pl.col(name), kind).alias(camel(name)) for name, kind in frame.schema.items())
    return told.write_ndjson().encode().split(b"\n")[: frame.height]


def _told(value: pl.Expr, kind: pl.DataType | DataTypeClass) -> pl.Expr:
    if isinstance(kind, pl.Datetime):
        return value.dt.to_string(MOMENT)
    if isinstance(kind, pl.Date):
        return value.dt.to_string(DAY)
    if isinstance(kind, pl.List):
        return value.list.eval(_told(pl.element(), kind.inner))
    if isinstance(kind, pl.Struct):
        fields = (_told(value.struct.field(one.name), one.dtype).alias(camel(one.name)) for one in kind.fields)
        return pl.when(value.is_not_null()).then(pl.struct(fields))
    return value
