"""Texts of RFC 3339 into moments, and a fault for each text that is none."""

from __future__ import annotations

import re

import polars as pl

from services.core.contract import Record
from services.detector.decode import faults
from services.detector.decode.checks import SOMETHING
from services.detector.decode.letters import FaultBook

RFC3339 = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
"""Narrower than what Polars reads: it would also take years of five digits and offsets without a colon."""

WITHOUT_ZONE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?")


def instants(texts: pl.Series, record: Record, book: FaultBook) -> pl.Series:
    """The moments as us UTC, digits beyond the microsecond dropped; the book learns of texts that are no moment."""
    text = pl.col(texts.name)
    readable = pl.when(text.str.contains(RFC3339)).then(text)
    parsed = texts.to_frame().select(readable.str.to_datetime("%+", time_unit="us", strict=False)).to_series()
    unread = texts.is_not_null() & parsed.is_null()
    if texts.name in record.required:
        unread &= texts.str.contains(SOMETHING)  # a blank is missing, not misspelt
    for row in unread.arg_true():
        zoneless = WITHOUT_ZONE.fullmatch(texts[row]) is not None
        fault = faults.time_without_zone if zoneless else faults.not_a_time
        book.add(row, texts.name, fault(texts.name, texts[row]))
    return parsed
