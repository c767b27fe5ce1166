"""Signals as JSON of the API and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from services.core.contract import CASE_LINK, EMPLOYEE, LOOKUP, RELATION, SIGNAL
from services.core.wire import camel, content_hash, from_wire, snake, to_wire

FEW = settings(max_examples=40, deadline=None, derandomize=True, database=None)
COLUMNS = sorted({name for record in (LOOKUP, CASE_LINK, EMPLOYEE, RELATION, SIGNAL) for name in record.schema})
NAMES = st.sampled_from(COLUMNS) | st.lists(st.sampled_from(["a", "of", "id"]), min_size=1, max_size=3).map("_".join)
PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False), st.text(max_size=5)
)
ROWS = st.dictionaries(
    NAMES,
    PLAIN | st.lists(PLAIN, max_size=2) | st.lists(st.dictionaries(NAMES, PLAIN, max_size=2), max_size=2),
    max_size=4,
)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive


@FEW
@given(name=NAMES)
def test_every_name_comes_back_from_the_wire(name: str) -> None:
    assert snake(camel(name)) == name


@FEW
@given(row=ROWS)
def test_every_row_comes_back_from_the_wire(row: dict[str, object]) -> None:
    assert from_wire(to_wire(row)) == row


@FEW
@given(moment=MOMENTS)
def test_a_time_is_told_in_utc_with_microseconds_whatever_its_offset(moment: datetime) -> None:
    told = to_wire(moment.astimezone(timezone(timedelta(hours=2))))
    assert told == to_wire(moment)
    assert isinstance(told, str)
    assert told.endswith("Z")
    assert datetime.fromisoformat(told) == moment


@FEW
@given(row=ROWS)
def test_the_hash_does_not_depend_on_the_order_of_columns(row: dict[str, object]) -> None:
    assert content_hash(dict(reversed(row.items()))) == content_hash(row)


def test_the_hash_is_of_the_content_and_not_of_when_it_was_told() -> None:
    row: dict[str, object] = {"signal_id": "s-1", "score": 64.0, "as_of": datetime(2025, 3, 11, tzinfo=UTC)}
    assert content_hash(row | {"as_of": None, "content_hash": "x"}) == content_hash(row)
    assert content_hash(row | {"score": 65.0}) != content_hash(row)
