"""What is wrong with a value into a code for machines and a sentence for a person.

No sentence repeats the value of an identity. Codes and times are repeated, without BSNs and cut to 40 characters.
"""

from __future__ import annotations

from typing import NamedTuple

from services.core.contract import LOOKUP, SELF_REPORT, Record
from services.core.observability import redact
from services.core.reading import SYSTEM

SHOWN_CHARACTERS = 40
SEARCHED_CHARACTERS = 400
"""A BSN that the cut would halve must still be found, so redaction looks further than what is shown."""

TIME_EXAMPLE = "2025-03-30T14:00:00+02:00"
LARGEST_COUNT = 2**31 - 1
HOURS_IN_A_WEEK = 168
FIRST_YEAR, LAST_YEAR = 1, 9999
FIRST_LOOKUP_YEAR, LAST_LOOKUP_YEAR = 1970, 2199
"""A lookup outside these years is a broken clock; one in the year 9999 would end the calendar and the watermark."""


class Fault(NamedTuple):
    """One fault: a static kebab-case code, and a sentence that says what would be right."""

    code: str
    reason: str


def shown(value: object) -> str:
    """The value in quotes, safe to print: one line, at most 40 characters, no BSN, token or e-mail address."""
    text = printable(str(value)[:SEARCHED_CHARACTERS])
    return f"'{text[:SHOWN_CHARACTERS]}...'" if len(text) > SHOWN_CHARACTERS else f"'{text}'"


def printable(text: str) -> str:
    """The text on one line, without BSNs, tokens and e-mail addresses."""
    return "".join(sign if sign.isprintable() else "?" for sign in redact(text))


def years(record: Record) -> tuple[int, int]:
    """First and last year that a time of this record may lie in (UTC)."""
    return (FIRST_LOOKUP_YEAR, LAST_LOOKUP_YEAR) if record in (LOOKUP, SELF_REPORT) else (FIRST_YEAR, LAST_YEAR)


def missing(record: Record, field: str) -> Fault:
    """A required value that is absent, null or blank."""
    if record is LOOKUP and field == "employee_id":
        return Fault("actor-missing", f"field {field}: is missing; a lookup must name the account that made it")
    return Fault("missing-field", f"field {field}: is missing; every {record.name} needs it")


def wrong_type(field: str, found: str, expected: str) -> Fault:
    """A value of another type than the contract's."""
    return Fault("wrong-type", f"field {field}: is {found}; write it as {expected}")


def time_without_zone(field: str, value: object) -> Fault:
    """A time that does not say which clock it was read from."""
    return Fault(
        "time-without-zone",
        f"field {field}: {shown(value)} has no time zone; write it as RFC 3339 with an offset, such as {TIME_EXAMPLE}",
    )


def not_a_time(field: str, value: object) -> Fault:
    """Text that RFC 3339 does not read as a time."""
    return Fault(
        "time-not-rfc3339",
        f"field {field}: {shown(value)} is not a time; write it as RFC 3339 with an offset, such as {TIME_EXAMPLE}",
    )


def time_out_of_range(record: Record, field: str) -> Fault:
    """A moment outside the years that make sense."""
    first, last = years(record)
    return Fault("time-out-of-range", f"field {field}: lies outside the years {first} to {last}; correct the time")


def unknown_code(record: Record, field: str, values: object) -> Fault:
    """A code, or codes of a list, that the contract does not know."""
    known = record.codes[field]
    given = values if isinstance(values, list) else [values]
    strange = (value for value in dict.fromkeys(given) if value not in known)
    unknown = ", ".join("null" if value is None else shown(value) for value in strange)
    name = "data-category" if field == "data_categories" else field.replace("_", "-")
    return Fault(f"unknown-{name}", f"field {field}: {unknown} is not known; known are {', '.join(known)}")


def not_lower_case(field: str, value: object) -> Fault:
    """A system name with capitals, which would count as another system."""
    return Fault("not-lower-case", f"field {field}: {shown(value)} has capital letters; write it in lower case")


def too_long(field: str, characters: int, limit: int) -> Fault:
    """A text for which neither tables nor signals have room."""
    return Fault(
        "text-too-long",
        f"field {field}: has {characters:,} characters; write at most {limit:,}, as an id or a name has",
    )


def not_printable(field: str) -> Fault:
    """A text with signs that no database or terminal should get."""
    return Fault("not-printable", f"field {field}: holds control characters, such as NUL; leave them out")


def bsn_fails(field: str) -> Fault:
    """Not a burgerservicenummer."""
    return Fault(
        "bsn-fails-11-proef",
        f"field {field}: is not a BSN; write nine digits that pass the 11-proef, as text, leading zeros included",
    )


def not_a_pseudonym(field: str) -> Fault:
    """A read of signals that does not name somebody as it must."""
    return Fault(
        "not-a-pseudonym",
        f"field {field}: is not a pseudonym; the system {SYSTEM} writes p, the version of the key, a hyphen and "
        "32 hex digits",
    )


def other_key_version(field: str, prefix: str) -> Fault:
    """A pseudonym that was made with another key than the detector's, and so matches nobody."""
    return Fault(
        "other-key-version",
        f"field {field}: is not a pseudonym of the detector's key, which begins with {prefix}; "
        "give API and detector the same key ring",
    )


def pseudonym_elsewhere(field: str) -> Fault:
    """A pseudonym in a record of a system that knows its persons by BSN."""
    return Fault(
        "pseudonym-elsewhere", f"field {field}: belongs to the system {SYSTEM} alone; leave it out and write the bsn"
    )


def bsn_of_a_read(field: str) -> Fault:
    """A BSN in a record of the system that knows none."""
    return Fault(
        "bsn-of-a-read",
        f"field {field}: has no place in a record of the system {SYSTEM}; leave it out, and write whose file it was "
        "as subject_pseudonym",
    )


def out_of_range(field: str, least: int, greatest: int) -> Fault:
    """A number outside its bounds."""
    return Fault("number-out-of-range", f"field {field}: lies outside {least} to {greatest}; correct the number")


def ends_before_it_starts() -> Fault:
    """A period that is turned round."""
    return Fault("ends-before-it-starts", "field valid_to: lies before valid_from; a period ends at or after its start")


def line_too_long(size: int, limit: int) -> Fault:
    """A line that is not worth the memory to read it."""
    return Fault(
        "line-too-long", f"line: has {size:,} bytes, more than the limit of {limit:,}; write one record on a line"
    )


def invalid_utf8(line: bytes) -> Fault:
    """Bytes that are not text."""
    return Fault("invalid-utf8", f"line: byte {_first_wrong_byte(line)} of it is not UTF-8; write the file as UTF-8")


def _first_wrong_byte(line: bytes) -> int:
    try:
        line.decode()
    except UnicodeDecodeError as error:
        return error.start
    return len(line)


def not_json(told: str) -> Fault:
    """Text that is not JSON. `told` is the parser's word, which holds places but no values."""
    return Fault("not-json", f"line: is not JSON ({told}); write one JSON object on a line")


def not_an_object(found: str) -> Fault:
    """JSON, but without named fields."""
    return Fault("not-an-object", f"line: is {found}; write one JSON object with the fields of the record")
