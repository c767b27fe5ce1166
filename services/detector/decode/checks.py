"""A typed frame against the contract: one expression per check for all rows, sentences for the faulty few."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache, partial
from typing import NamedTuple

import polars as pl

from services.core.bsn import bsn_is_valid
from services.core.contract import CONTROL, INSTANT, LOOKUP, NAME_LIMIT, Record
from services.core.identity import PSEUDONYM
from services.core.reading import SYSTEM
from services.detector.decode import faults
from services.detector.decode.faults import Fault
from services.detector.decode.letters import FaultBook
from services.detector.decode.lists import TEXTS

TEXT = pl.String()
SOMETHING = r"[^ \t\r\n]"
"""A text without any such sign says nothing. Spelt out, so that the JSON Schemas can say the same."""


class Check(NamedTuple):
    """`fails` is true where a value is wrong (null counts as right); `fault` puts it into words."""

    field: str
    fails: pl.Expr
    fault: Callable[[object], Fault]


def check(frame: pl.DataFrame, record: Record, book: FaultBook) -> None:
    """Write every wrong value of the frame into the book. Shape: the columns of the record, numbers of any width."""
    checks, fails = _expressions(record)
    for mask, each in zip(frame.select(fails), checks, strict=True):
        if mask.any():
            _tell(frame[each.field], mask.arg_true(), each, book)


@cache
def _expressions(record: Record) -> tuple[tuple[Check, ...], tuple[pl.Expr, ...]]:
    """The checks, and a mask for each; made once, which takes as long as the checks of some hundred rows."""
    checks = tuple(checks_of(record))
    return checks, tuple(each.fails.fill_null(value=False).alias(str(place)) for place, each in enumerate(checks))


def _tell(column: pl.Series, rows: pl.Series, failed: Check, book: FaultBook) -> None:
    # only texts are repeated in a sentence, and only they are sure to fit a Python object
    values = column.gather(rows).to_list() if column.dtype in (TEXT, TEXTS) else [None] * len(rows)
    for row, value in zip(rows, values, strict=True):
        book.add(row, failed.field, failed.fault(value))


def checks_of(record: Record) -> Iterator[Check]:
    """All checks on one kind of record, in the order in which they count for a field."""
    for field in record.required:
        yield Check(field, _is_missing(record, field), partial(_missing, record, field))
    for field, dtype in record.schema.items():
        if dtype == INSTANT:
            yield Check(field, ~_within_years(record, field), partial(_out_of_years, record, field))
    for field in record.codes:
        yield Check(field, _has_unknown(record, field), partial(faults.unknown_code, record, field))
    yield from _checks_of_names(record)
    yield from (each for each in _checks_by_name() if each.field in record.schema)
    if record is LOOKUP:
        yield from _checks_of_reads()


def _checks_of_names(record: Record) -> Iterator[Check]:
    """What is stored of them, and told in signals, has bounds."""
    for field in record.names:
        yield Check(field, pl.col(field).str.len_chars() > NAME_LIMIT, partial(_too_long, field))
        yield Check(field, pl.col(field).str.contains(f"[{CONTROL}]"), partial(_not_printable, field))


def _too_long(field: str, value: object) -> Fault:
    return faults.too_long(field, len(str(value)), NAME_LIMIT)


def _not_printable(field: str, _value: object) -> Fault:
    return faults.not_printable(field)


def _checks_by_name() -> Iterator[Check]:
    """Fields that mean the same in every record that has them."""
    column = pl.col
    proof = column("bsn").map_batches(_fails_the_proof, return_dtype=pl.Boolean)
    yield Check("bsn", proof, lambda _: faults.bsn_fails("bsn"))
    upper = column("system").map_batches(_has_capitals, return_dtype=pl.Boolean)
    yield Check("system", upper, lambda value: faults.not_lower_case("system", value))
    yield _bounds("record_count", faults.LARGEST_COUNT)
    yield _bounds("hours_per_week", faults.HOURS_IN_A_WEEK)
    yield Check("valid_to", column("valid_to") < column("valid_from"), lambda _: faults.ends_before_it_starts())


def _checks_of_reads() -> Iterator[Check]:
    """Reads of signals name employee and subject by pseudonym, other lookups do so never."""
    of_read = pl.col("system") == SYSTEM
    told = pl.col("subject_pseudonym").str.contains(SOMETHING)
    elsewhere = pl.col("system").ne_missing(SYSTEM) & told
    yield Check("subject_pseudonym", elsewhere, lambda _: faults.pseudonym_elsewhere("subject_pseudonym"))
    for field, given in (("employee_id", pl.lit(value=True)), ("subject_pseudonym", told)):
        pseudonyms = pl.when(of_read & given).then(field)
        yield Check(field, pseudonyms.map_batches(_is_none, return_dtype=pl.Boolean), partial(_no_pseudonym, field))
    yield Check("bsn", of_read & pl.col("bsn").is_not_null(), lambda _: faults.bsn_of_a_read("bsn"))


def _is_none(pseudonyms: pl.Series) -> pl.Series:
    return _is_wrong(pseudonyms, ~pl.col("value").str.contains(PSEUDONYM))


def _no_pseudonym(field: str, _value: object) -> Fault:
    return faults.not_a_pseudonym(field)


def _fails_the_proof(bsn: pl.Series) -> pl.Series:
    """Each distinct number is put to the 11-proef once: a citizen is looked up many times."""
    return _is_wrong(bsn, _fails())


@cache
def _fails() -> pl.Expr:
    """Built once, which takes longer than asking it of some hundred numbers."""
    return ~bsn_is_valid(pl.col("value"))


def _has_capitals(system: pl.Series) -> pl.Series:
    return _is_wrong(system, pl.col("value").str.contains("[A-Z]"))


def _is_wrong(values: pl.Series, wrong: pl.Expr) -> pl.Series:
    """Where the values are wrong, each distinct one (`value`) asked once; null counts as right."""
    if values.null_count() == values.len():
        return pl.repeat(False, values.len(), eager=True)
    found = values.unique().to_frame("value").filter(wrong.fill_null(value=False))["value"]
    return values.is_in(found.implode()) if found.len() else pl.repeat(False, values.len(), eager=True)


def _bounds(field: str, greatest: int) -> Check:
    return Check(field, ~pl.col(field).is_between(0, greatest), lambda _: faults.out_of_range(field, 0, greatest))


def _missing(record: Record, field: str, _value: object) -> Fault:
    return faults.missing(record, field)


def _out_of_years(record: Record, field: str, _value: object) -> Fault:
    return faults.time_out_of_range(record, field)


def _is_missing(record: Record, field: str) -> pl.Expr:
    value = pl.col(field)
    if record.schema[field] != TEXT:
        return value.is_null()
    return value.is_null() | ~value.str.contains(SOMETHING)


def _within_years(record: Record, field: str) -> pl.Expr:
    first, last = faults.years(record)
    from_, to = datetime(first, 1, 1, tzinfo=UTC), datetime(last, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    return pl.col(field).is_between(pl.lit(from_, INSTANT), pl.lit(to, INSTANT))


def _has_unknown(record: Record, field: str) -> pl.Expr:
    value, known = pl.col(field), record.codes[field]
    if record.schema[field] == TEXTS:
        # null in a list is not a code either
        return ~value.list.eval(pl.element().is_in(known).fill_null(value=False)).list.all()
    return ~value.is_in(known)


def settle(frame: pl.DataFrame, record: Record) -> pl.DataFrame:
    """The record's columns in its types and order; an optional free text that says nothing becomes null.

    A blank `case_id` would otherwise read as a claim of a case that does not exist.
    """
    return frame.select(_settled(record, field) for field in record.schema)


def _settled(record: Record, field: str) -> pl.Expr:
    value, dtype = pl.col(field), record.schema[field]
    if dtype == TEXT and field in record.nullable and field not in record.codes and field != "bsn":
        return pl.when(value.str.contains(SOMETHING)).then(value).alias(field)
    return value.cast(dtype)
