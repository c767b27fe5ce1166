"""What a good line becomes, and that any lines, however cut, come out once and in order."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from services.core.contract import CASE_LINK, EMPLOYEE, LOOKUP, RELATION, Record
from services.detector.decode import DEAD, Decoded, decode_lines
from tests.unit.input.records import a_link, a_lookup, a_relation, an_employee, as_line, without


def decode(*records: object, record: Record = LOOKUP) -> Decoded:
    lines = [as_line(each) for each in records]
    return decode_lines(lines, [str(number) for number in range(len(lines))], record)


def value_of(field: str, value: object) -> object:
    found = decode(a_lookup(**{field: value}))
    assert found.dead["reasons"].to_list() == []
    return found.valid[field].item()


@pytest.mark.parametrize(
    ("record", "example"),
    [(LOOKUP, a_lookup()), (CASE_LINK, a_link()), (EMPLOYEE, an_employee()), (RELATION, a_relation())],
    ids=["lookup", "case-link", "employee", "relation"],
)
def test_a_good_record_has_the_columns_of_its_contract(record: Record, example: dict[str, object]) -> None:
    found = decode(example, record=record)
    assert found.valid.schema == dict(record.schema)
    assert found.dead.schema == DEAD
    assert (found.valid.height, found.dead.height) == (1, 0)


def test_no_lines_give_empty_frames_of_the_same_columns() -> None:
    found = decode()
    assert (found.valid.schema, found.dead.schema) == (dict(LOOKUP.schema), DEAD)
    assert (found.valid.height, found.dead.height) == (0, 0)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-03-30T14:00:00+02:00", datetime(2025, 3, 30, 12, tzinfo=UTC)),
        ("2025-03-30t12:00:00z", datetime(2025, 3, 30, 12, tzinfo=UTC)),
        ("2025-03-30T12:00:00.1234567Z", datetime(2025, 3, 30, 12, 0, 0, 123456, tzinfo=UTC)),
        ("2025-03-30T06:30:00-05:30", datetime(2025, 3, 30, 12, tzinfo=UTC)),
        ("2025-10-26T02:30:00+01:00", datetime(2025, 10, 26, 1, 30, tzinfo=UTC)),
        ("2025-10-26T02:30:00+02:00", datetime(2025, 10, 26, 0, 30, tzinfo=UTC)),
    ],
)
def test_times_become_moments_in_utc(text: str, moment: datetime) -> None:
    assert value_of("occurred_at", text) == moment


def test_absent_fields_are_null_where_null_is_allowed() -> None:
    required = {name: value for name, value in a_lookup().items() if name in LOOKUP.required}
    found = decode(required)
    assert found.dead.height == 0
    assert {name for name, value in found.valid.row(0, named=True).items() if value is None} == LOOKUP.nullable


def test_fields_that_nobody_knows_are_ignored() -> None:
    assert decode(a_lookup(colour="red", nested={"a": [1]})).dead.height == 0


def test_a_blank_case_is_no_claim_of_a_case() -> None:
    assert value_of("case_id", " ") is None


def test_an_empty_list_is_not_null() -> None:
    assert decode(a_lookup(data_categories=[])).valid["data_categories"].to_list() == [[]]


def test_a_whole_number_may_be_written_with_a_point() -> None:
    assert value_of("record_count", 3.0) == 3


def test_a_byte_order_mark_is_taken_off() -> None:
    found = decode_lines([b"\xef\xbb\xbf" + as_line(a_lookup())], ["1"], LOOKUP)
    assert (found.valid.height, found.dead.height) == (1, 0)


def test_of_a_field_that_is_given_twice_the_last_counts() -> None:
    line = as_line(a_lookup())[:-1] + b', "system": "suwinet"}'
    assert decode_lines([line], ["1"], LOOKUP).valid["system"].to_list() == ["suwinet"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NEAR_LOOKUPS = st.builds(
    lambda number, gone, changes: without(a_lookup(number), *gone) | changes,
    st.integers(0, 10_000),
    st.sets(st.sampled_from(list(LOOKUP.schema)), max_size=2),
    st.dictionaries(st.sampled_from(list(LOOKUP.schema)), JSON, max_size=3),
)
LINES = st.lists(
    st.one_of(st.builds(a_lookup, st.integers(0, 10_000)), NEAR_LOOKUPS, JSON).map(as_line) | st.binary(max_size=30),
    max_size=12,
)


@settings(deadline=None, max_examples=40)
@given(LINES, st.data())
def test_every_line_comes_out_once_and_in_order_wherever_the_lines_are_cut(
    lines: list[bytes], data: st.DataObject
) -> None:
    positions = [str(number) for number in range(len(lines))]
    cut = data.draw(st.integers(0, len(lines)))
    whole = decode_lines(lines, positions, LOOKUP)
    parts = [decode_lines(lines[a:b], positions[a:b], LOOKUP) for a, b in ((0, cut), (cut, len(lines)))]
    assert whole.valid.height + whole.dead.height == len(lines)
    assert_frame_equal(pl.concat([part.valid for part in parts]), whole.valid)
    assert_frame_equal(pl.concat([part.dead for part in parts]), whole.dead)
    assert whole.dead["raw"].to_list() == [lines[int(place)] for place in whole.dead["position"]]
    alive = [line for place, line in zip(positions, lines, strict=True) if place not in set(whole.dead["position"])]
    assert_frame_equal(decode_lines(alive, positions[: len(alive)], LOOKUP).valid, whole.valid)
    assert all(len(codes) == len(reasons) > 0 for _, _, reasons, codes, _ in whole.dead.iter_rows())
