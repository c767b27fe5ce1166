"""What a Parquet frame becomes: types that can be read without loss are, others are told with the way to mend them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from services.core.contract import CASE_LINK, EMPLOYEE, INSTANT, LOOKUP, RELATION, Record
from services.core.errors import InputError
from services.detector.decode import decode_frame, decode_lines
from tests.unit.input.records import BSNS, a_link, a_lookup, a_relation, an_employee, as_frame

FILE = "lookups/part-0.parquet"
GOOD = as_frame([a_lookup(1), a_lookup(2)])


def told(frame: pl.DataFrame) -> tuple[str, ...]:
    with pytest.raises(InputError) as raised:
        decode_frame(frame, LOOKUP, FILE)
    return raised.value.faults


@pytest.mark.parametrize(
    "column",
    [
        pl.col("occurred_at").dt.cast_time_unit("ms"),
        pl.col("occurred_at").dt.cast_time_unit("ns"),
        pl.col("occurred_at").dt.convert_time_zone("Europe/Amsterdam"),
        pl.col("record_count").cast(pl.Int64),
        pl.col("record_count").cast(pl.UInt64),
        pl.col("record_count").cast(pl.Int8),
        pl.col("action").cast(pl.Categorical),
        pl.col("action").cast(pl.Enum(["view", "edit"])),
        pl.col("data_categories").cast(pl.List(pl.Categorical)),
        pl.lit(None).alias("reason"),
    ],
    ids=str,
)
def test_a_column_is_read_where_nothing_is_lost(column: pl.Expr) -> None:
    found = decode_frame(GOOD.with_columns(column), LOOKUP, FILE)
    assert_frame_equal(found.valid, GOOD)
    assert found.dead.height == 0


def test_columns_that_may_be_null_may_be_absent_and_others_are_ignored_in_any_order() -> None:
    required = GOOD.select(reversed(LOOKUP.required)).with_columns(colour=pl.lit("red"))
    found = decode_frame(required, LOOKUP, FILE)
    assert found.valid.schema == dict(LOOKUP.schema)
    assert set(found.valid.select(pl.col(*LOOKUP.nullable)).null_count().row(0)) == {2}


@pytest.mark.parametrize(
    ("record", "example"), [(EMPLOYEE, an_employee()), (RELATION, a_relation())], ids=["employee", "relation"]
)
def test_registers_may_leave_out_what_their_contract_lists(record: Record, example: dict[str, object]) -> None:
    frame = as_frame([example], record).drop(record.absent_means_null)
    assert decode_frame(frame, record, "x").valid.height == 1


def test_links_that_say_nothing_of_their_end_are_not_taken_for_open() -> None:
    with pytest.raises(InputError) as raised:
        decode_frame(as_frame([a_link()], CASE_LINK).drop("valid_to"), CASE_LINK, "case-links.parquet")
    assert raised.value.faults == ("case-links.parquet: column valid_to: is missing; expected timestamp[us, UTC]",)


NAIVE = (
    "lookups/part-0.parquet: column occurred_at: found timestamp[us] without a time zone, "
    "expected timestamp[us, UTC]; mend it where the file is written, with the zone its times are in: in Polars "
    ".dt.replace_time_zone('Europe/Amsterdam').dt.convert_time_zone('UTC')"
)


def test_all_faulty_columns_are_told_at_once() -> None:
    frame = GOOD.drop("lookup_id").with_columns(
        pl.col("occurred_at").dt.replace_time_zone(None),
        pl.lit(7).alias("employee_id"),
        pl.lit("1").alias("record_count"),
        pl.lit("identity").alias("data_categories"),
    )
    assert told(frame) == (
        "lookups/part-0.parquet: column lookup_id: is missing; expected text",
        NAIVE,
        "lookups/part-0.parquet: column employee_id: found Int32, expected text",
        "lookups/part-0.parquet: column data_categories: found text, expected a list of text",
        "lookups/part-0.parquet: column record_count: found text, expected a whole number (int32)",
    )


def test_text_and_dates_are_not_times_in_parquet() -> None:
    as_text = GOOD.with_columns(pl.col("occurred_at").dt.to_string("iso"))
    as_date = GOOD.with_columns(pl.col("occurred_at").dt.date())
    assert told(as_text) == (f"{FILE}: column occurred_at: found text, expected timestamp[us, UTC]",)
    assert told(as_date) == (f"{FILE}: column occurred_at: found Date, expected timestamp[us, UTC]",)


def test_the_categories_of_a_wrong_column_are_not_shown() -> None:
    frame = GOOD.with_columns(pl.col("bsn").cast(pl.Enum(GOOD["bsn"].unique())).alias("record_count"))
    assert told(frame) == (f"{FILE}: column record_count: found text in categories, expected a whole number (int32)",)


def test_faulty_rows_are_told_by_row_and_the_rest_goes_on() -> None:
    records = [a_lookup(number) for number in range(5)]
    frame = as_frame([*records[:2], a_lookup(2, action="open", bsn="12", employee_id=""), *records[3:]])
    found = decode_frame(frame, LOOKUP, FILE, first_row=100)
    assert found.valid["lookup_id"].to_list() == ["sonar-0", "sonar-1", "sonar-3", "sonar-4"]
    (letter,) = found.dead.to_dicts()
    assert letter["position"] == "lookups/part-0.parquet: row 103"
    assert letter["codes"] == ["actor-missing", "unknown-action", "bsn-fails-11-proef"]


def test_the_bytes_of_a_dead_row_are_json_that_can_be_mended_and_read_again() -> None:
    found = decode_frame(as_frame([a_lookup(2, action="open")]), LOOKUP, FILE)
    mended = json.loads(found.dead["raw"].item()) | {"action": "view"}
    again = decode_lines([json.dumps(mended).encode()], ["1"], LOOKUP)
    assert_frame_equal(again.valid, as_frame([a_lookup(2)]))


@pytest.mark.parametrize(
    "microseconds", [-(2**63), -(2**62), -62_135_596_800_000_001, 253_402_300_800_000_000, 2**63 - 1]
)
def test_times_that_no_calendar_knows_are_dead_letters_too(microseconds: int) -> None:
    frame = GOOD.head(1).with_columns(pl.lit(microseconds, pl.Int64).cast(INSTANT).alias("occurred_at"))
    found = decode_frame(frame, LOOKUP, FILE)
    assert found.dead["codes"].to_list() == [["time-out-of-range"]]
    assert json.loads(found.dead["raw"].item())["occurred_at"] == str(microseconds)


def test_extreme_milliseconds_do_not_wrap_round_to_plausible_times() -> None:
    extremes = pl.Series([2**63 - 1, -(2**63), 2**62]).cast(pl.Datetime("ms", "UTC"))
    frame = pl.concat([GOOD, GOOD]).head(3).with_columns(extremes.alias("occurred_at"))
    assert decode_frame(frame, LOOKUP, FILE).valid.height == 0


def test_a_count_that_does_not_fit_is_a_fault_of_its_row() -> None:
    frame = GOOD.with_columns(pl.Series("record_count", [2**40, 5], pl.Int64))
    found = decode_frame(frame, LOOKUP, FILE)
    assert found.dead["codes"].to_list() == [["number-out-of-range"]]
    assert found.valid["record_count"].to_list() == [5]


def test_hours_that_are_no_number_are_a_fault() -> None:
    frame = as_frame([an_employee(hours_per_week=float("nan"))], EMPLOYEE)
    assert decode_frame(frame, EMPLOYEE, "x").dead["codes"].to_list() == [["number-out-of-range"]]


def test_null_in_a_list_of_codes_is_a_fault() -> None:
    found = decode_frame(as_frame([a_lookup(data_categories=["identity", None])]), LOOKUP, FILE)
    (reason,) = found.dead["reasons"].item()
    assert reason == (
        "field data_categories: null is not known; known are "
        "identity, address, employment, income, benefit, medical, personnel, cv"
    )


CHANGES: dict[str, list[object]] = {
    "lookup_id": [None, "", "a"],
    "occurred_at": [None, "2025-03-28T10:00:00Z", "2200-01-01T00:00:00Z"],
    "employee_id": [None, " ", "e-1"],
    "system": [None, "Sonar", "sonar"],
    "action": [None, "", "open", "view"],
    "searched_by": [None, "", "name"],
    "bsn": [None, "", "12", BSNS[0]],
    "case_id": [None, " ", "c-1"],
    "data_categories": [None, [], ["cv"], ["cv", "x"]],
    "record_count": [None, 0, -1],
    "location": [None, "home", "office"],
}
RECORDS = st.lists(st.fixed_dictionaries({}, optional={k: st.sampled_from(v) for k, v in CHANGES.items()}), max_size=6)


@settings(deadline=None, max_examples=60)
@given(RECORDS)
def test_lines_and_frames_of_the_same_records_are_decoded_alike(changes: list[dict[str, object]]) -> None:
    records = [a_lookup(number, **each) for number, each in enumerate(changes)]
    lines = decode_lines([json.dumps(each).encode() for each in records], [""] * len(records), LOOKUP)
    frame = decode_frame(as_frame(records), LOOKUP, FILE)
    assert_frame_equal(lines.valid, frame.valid)
    assert lines.dead["codes"].to_list() == frame.dead["codes"].to_list()
    assert lines.dead["reasons"].to_list() == frame.dead["reasons"].to_list()


def test_the_first_and_the_last_moment_allowed_are_valid() -> None:
    first, last = datetime(1970, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    frame = GOOD.with_columns(pl.Series("occurred_at", [first, last], INSTANT))
    assert decode_frame(frame, LOOKUP, FILE).valid.height == 2
