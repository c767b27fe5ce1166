"""Every fault of a record has its code and a sentence that says what would be right, and shows no identity."""

from __future__ import annotations

import pytest

from services.core.contract import CASE_LINK, EMPLOYEE, LOOKUP, RELATION, Record
from services.detector.decode import Decoded, decode_lines
from tests.unit.input.records import BSNS, a_link, a_lookup, a_relation, an_employee, as_line, without

LIMIT = 2_000


def decode(line: bytes, record: Record = LOOKUP) -> Decoded:
    return decode_lines([line], ["here"], record, LIMIT)


def faults(line: bytes, record: Record = LOOKUP) -> list[tuple[str, str]]:
    """Code and reason of each fault of one line that is dead."""
    found = decode(line, record)
    assert found.valid.height == 0
    (letter,) = found.dead.to_dicts()
    assert (letter["record"], letter["position"], letter["raw"]) == (record.name, "here", line)
    return list(zip(letter["codes"], letter["reasons"], strict=True))


LOOKUP_FAULTS = [
    (
        without(a_lookup(), "employee_id"),
        "actor-missing",
        "field employee_id: is missing; a lookup must name the account that made it",
    ),
    (
        a_lookup(employee_id=" \t"),
        "actor-missing",
        "field employee_id: is missing; a lookup must name the account that made it",
    ),
    (a_lookup(lookup_id=None), "missing-field", "field lookup_id: is missing; every lookup needs it"),
    (a_lookup(occurred_at=""), "missing-field", "field occurred_at: is missing; every lookup needs it"),
    (a_lookup(action=""), "missing-field", "field action: is missing; every lookup needs it"),
    (a_lookup(employee_id=42), "wrong-type", "field employee_id: is a number; write it as text"),
    (a_lookup(case_id=True), "wrong-type", "field case_id: is true or false; write it as text"),
    (a_lookup(bsn=int(BSNS[0])), "wrong-type", "field bsn: is a number; write it as text"),
    (
        a_lookup(occurred_at=1743153330),
        "wrong-type",
        "field occurred_at: is a number; write it as text, such as 2025-03-30T14:00:00+02:00",
    ),
    (a_lookup(record_count="1"), "wrong-type", "field record_count: is text; write it as a whole number"),
    (a_lookup(record_count=1.5), "wrong-type", "field record_count: is a number; write it as a whole number"),
    (a_lookup(record_count=False), "wrong-type", "field record_count: is true or false; write it as a whole number"),
    (
        a_lookup(data_categories="identity"),
        "wrong-type",
        "field data_categories: is text; write it as a list of texts",
    ),
    (
        a_lookup(data_categories=["identity", None]),
        "wrong-type",
        "field data_categories: is a list with null; write it as a list of texts",
    ),
    (
        a_lookup(occurred_at="2025-03-30T14:00:00"),
        "time-without-zone",
        (
            "field occurred_at: '2025-03-30T14:00:00' has no time zone; "
            "write it as RFC 3339 with an offset, such as 2025-03-30T14:00:00+02:00"
        ),
    ),
    (
        a_lookup(occurred_at="30 March"),
        "time-not-rfc3339",
        (
            "field occurred_at: '30 March' is not a time; "
            "write it as RFC 3339 with an offset, such as 2025-03-30T14:00:00+02:00"
        ),
    ),
    (
        a_lookup(occurred_at="9999-12-31T23:59:59Z"),
        "time-out-of-range",
        "field occurred_at: lies outside the years 1970 to 2199; correct the time",
    ),
    (
        a_lookup(action="open"),
        "unknown-action",
        "field action: 'open' is not known; known are search, view, edit, print, export",
    ),
    (
        a_lookup(location="h" * 41),
        "unknown-location",
        f"field location: '{'h' * 40}...' is not known; known are office, remote",
    ),
    (
        a_lookup(data_categories=["identity", "health", "tax", "health"]),
        "unknown-data-category",
        (
            "field data_categories: 'health', 'tax' is not known; known are "
            "identity, address, employment, income, benefit, medical, personnel, cv"
        ),
    ),
    (
        a_lookup(system="Sonar"),
        "not-lower-case",
        "field system: 'Sonar' has capital letters; write it in lower case",
    ),
    (
        a_lookup(bsn="960000009"),
        "bsn-fails-11-proef",
        "field bsn: is not a BSN; write nine digits that pass the 11-proef, as text, leading zeros included",
    ),
    (
        a_lookup(record_count=-1),
        "number-out-of-range",
        "field record_count: lies outside 0 to 2147483647; correct the number",
    ),
    (
        a_lookup(record_count=2**63),
        "number-out-of-range",
        "field record_count: lies outside 0 to 2147483647; correct the number",
    ),
]


@pytest.mark.parametrize(("record", "code", "reason"), LOOKUP_FAULTS)
def test_a_faulty_field_of_a_lookup_is_told(record: dict[str, object], code: str, reason: str) -> None:
    assert faults(as_line(record)) == [(code, reason)]


TURNED = "field valid_to: lies before valid_from; a period ends at or after its start"


@pytest.mark.parametrize(
    ("line", "record", "code", "reason"),
    [
        (a_link(valid_to="2025-02-28T08:00:00+01:00"), CASE_LINK, "ends-before-it-starts", TURNED),
        (an_employee(valid_to="2019-12-31T22:59:59.999999Z"), EMPLOYEE, "ends-before-it-starts", TURNED),
        (a_relation(valid_to="2019-12-31T00:00:00Z"), RELATION, "ends-before-it-starts", TURNED),
        (
            a_link(registered_by=None),
            CASE_LINK,
            "missing-field",
            "field registered_by: is missing; every case-link needs it",
        ),
        (
            an_employee(employee_id=None),
            EMPLOYEE,
            "missing-field",
            "field employee_id: is missing; every employee needs it",
        ),
        (
            an_employee(eigen_personeel="yes"),
            EMPLOYEE,
            "wrong-type",
            "field eigen_personeel: is text; write it as true or false",
        ),
        (
            an_employee(hours_per_week=169),
            EMPLOYEE,
            "number-out-of-range",
            "field hours_per_week: lies outside 0 to 168; correct the number",
        ),
        (
            a_relation(kind="friend"),
            RELATION,
            "unknown-kind",
            (
                "field kind: 'friend' is not known; "
                "known are partner, ex_partner, child, parent, sibling, household, other"
            ),
        ),
        (
            a_relation(source="rumour"),
            RELATION,
            "unknown-source",
            "field source: 'rumour' is not known; known are declared, eigen-personeel, brp",
        ),
    ],
)
def test_a_faulty_field_of_a_register_is_told(line: dict[str, object], record: Record, code: str, reason: str) -> None:
    assert faults(as_line(line), record) == [(code, reason)]


@pytest.mark.parametrize(
    ("line", "code", "reason"),
    [
        (
            b'{"lookup_id": "a',
            "not-json",
            "line: is not JSON (Input data was truncated); write one JSON object on a line",
        ),
        (
            b"[" * LIMIT,
            "not-json",
            (
                "line: is not JSON (maximum recursion depth exceeded while deserializing an object); "
                "write one JSON object on a line"
            ),
        ),
        (b'"text"', "not-an-object", "line: is text; write one JSON object with the fields of the record"),
        (b"[{}]", "not-an-object", "line: is a list; write one JSON object with the fields of the record"),
        (b"null", "not-an-object", "line: is null; write one JSON object with the fields of the record"),
        (
            b'{"system": "caf\xe9"}',
            "invalid-utf8",
            "line: byte 15 of it is not UTF-8; write the file as UTF-8",
        ),
        (
            b'"' + b"x" * LIMIT,
            "line-too-long",
            "line: has 2,001 bytes, more than the limit of 2,000; write one record on a line",
        ),
    ],
)
def test_a_line_that_cannot_be_read_is_told(line: bytes, code: str, reason: str) -> None:
    assert faults(line) == [(code, reason)]


def test_all_faults_of_a_record_are_told_at_once_in_the_order_of_its_fields() -> None:
    record = a_lookup(bsn="1", action="open", occurred_at="2025-03-28T10:00", employee_id=None, record_count="x")
    assert [code for code, _ in faults(as_line(record))] == [
        "time-without-zone",
        "actor-missing",
        "unknown-action",
        "bsn-fails-11-proef",
        "wrong-type",
    ]


def test_a_field_has_one_fault_also_where_it_breaks_two_rules() -> None:
    assert [code for code, _ in faults(as_line(a_link(bsn="", kind=" ")), CASE_LINK)] == ["missing-field"] * 2


IDENTITIES = {
    "bsn": "960000009",
    "employee_id": "e-mallory",
    "case_id": "c-secret",
    "assignee_id": "t-secret",
    "registered_by": "e-mallory",
}


@pytest.mark.parametrize("record", [LOOKUP, CASE_LINK, EMPLOYEE, RELATION], ids=lambda record: record.name)
def test_no_sentence_shows_an_identity(record: Record) -> None:
    as_text = dict.fromkeys(record.schema, "") | {
        name: IDENTITIES[name] for name in IDENTITIES if name in record.schema
    }
    as_lists = {name: [value] for name, value in as_text.items()}
    told = "".join(reason for fields in (as_text, as_lists) for _, reason in faults(as_line(fields), record))
    assert not [value for value in IDENTITIES.values() if value in told]


@pytest.mark.parametrize("field", ["action", "system", "searched_by", "location", "occurred_at"])
def test_a_bsn_that_strayed_into_a_code_is_not_shown(field: str) -> None:
    told = "".join(reason for _, reason in faults(as_line(a_lookup(**{field: f"VIEW {BSNS[3]}"}))))
    assert "[bsn]" in told
    assert BSNS[3] not in told


def test_a_bsn_is_not_shown_in_half_either() -> None:
    told = faults(as_line(a_lookup(action=f"{'x' * 33} {BSNS[3]}")))[0][1]
    assert BSNS[3][:6] not in told


def test_a_sentence_stays_on_one_line() -> None:
    assert "\n" not in faults(as_line(a_lookup(action="open\nINFO all is well")))[0][1]
