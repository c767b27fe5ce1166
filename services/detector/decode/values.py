"""The fields of one JSON object into values of the contract's types, and a fault for each that is none."""

from __future__ import annotations

from types import NoneType

import polars as pl
from polars.datatypes import DataType, DataTypeClass

from services.core.contract import INSTANT, Record
from services.detector.decode import faults
from services.detector.decode.letters import FaultBook
from services.detector.decode.lists import TEXTS

Type = DataType | DataTypeClass
Row = dict[str, object]

EXPECTED: dict[Type, str] = {
    pl.String(): "text",
    INSTANT: f"text, such as {faults.TIME_EXAMPLE}",
    TEXTS: "a list of texts",
    pl.Int32(): "a whole number",
    pl.Float64(): "a number",
    pl.Boolean(): "true or false",
}
FITTING: dict[Type, frozenset[type]] = {
    pl.String(): frozenset({str}),
    INSTANT: frozenset({str}),
    pl.Int32(): frozenset({int}),
    pl.Float64(): frozenset({int, float}),
    pl.Boolean(): frozenset({bool}),
}
"""Exact types: Python counts true and false among the whole numbers, JSON does not."""

LARGEST_EXACT = 2**53
"""JSON numbers have no bound; those beyond this one (exact in every JSON library) are cut to it, out of range still."""

WORDS: dict[type, str] = {
    NoneType: "null",
    str: "text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
}


def in_words(value: object) -> str:
    """The JSON type of a value, for a sentence."""
    return WORDS[type(value)]


def fitting_values(row: Row, record: Record, number: int, book: FaultBook) -> Row:
    """The record's fields whose values have the right type; the book learns of the others of line `number`."""
    fitting: Row = {}
    for name, dtype in record.schema.items():
        value = row.get(name)
        kept, stranger = _fit_list(value) if dtype == TEXTS else _fit(value, dtype)
        fitting[name] = kept
        if stranger:
            book.add(number, name, faults.wrong_type(name, stranger, EXPECTED[dtype]))
    return fitting


def _fit(value: object, dtype: Type) -> tuple[object, str]:
    """The value, or null and what stands in its place."""
    if isinstance(value, float) and dtype == pl.Int32 and value.is_integer():
        value = int(value)  # JSON has one kind of number: 3.0 is the whole number 3
    if type(value) is int and dtype == pl.Int32:
        return max(-LARGEST_EXACT, min(value, LARGEST_EXACT)), ""
    if value is None or type(value) in FITTING[dtype]:
        return value, ""
    return None, in_words(value)


def _fit_list(value: object) -> tuple[tuple[str, ...] | None, str]:
    if not isinstance(value, list):
        return None, "" if value is None else in_words(value)
    strangers = [in_words(each) for each in value if not isinstance(each, str)]
    return (None, f"a list with {strangers[0]}") if strangers else (tuple(value), "")
