"""The body of a revision says the same, to the byte, as its row told value by value."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import msgspec
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.contract import COMPARISON, EVIDENCE, FACT, FACTOR, INSTANT
from services.core.wire import to_wire
from services.detector.state.json_lines import json_lines
from tests.unit.state.samples import a_revision, revisions

MOMENTS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
NUMBERS = st.integers(-(2**63), 2**63 - 1)
TEXTS = st.text(st.characters(codec="utf-8"))


def one_by_one(frame: pl.DataFrame) -> list[bytes]:
    return [msgspec.json.encode(to_wire(row)) for row in frame.iter_rows(named=True)]


def test_all_columns_of_a_revision_are_told() -> None:
    frame = revisions(a_revision(1), a_revision(2, 60.5, hour=3))
    assert json_lines(frame) == one_by_one(frame)


def test_nothing_is_told_of_no_revisions() -> None:
    assert json_lines(revisions().clear()) == []


@pytest.mark.parametrize("kind", [FACT, FACTOR, COMPARISON, EVIDENCE], ids=["fact", "factor", "comparison", "evidence"])
def test_nulls_and_empty_lists_are_told_as_they_are(kind: pl.Struct) -> None:
    nothing = {field.name: None for field in kind.fields}
    frame = pl.DataFrame(
        {"one_of": [nothing, None], "all_of": [[nothing], []]}, {"one_of": kind, "all_of": pl.List(kind)}
    )
    assert json_lines(frame) == one_by_one(frame)


@given(st.lists(st.tuples(MOMENTS, NUMBERS, TEXTS), min_size=1))
def test_any_moment_number_and_text_is_told_alike(rows: list[tuple[datetime, int, str]]) -> None:
    frame = pl.DataFrame(rows, {"seen_at": INSTANT, "how_many": pl.Int64, "in_words": pl.String}, orient="row")
    frame = frame.with_columns(pl.struct(pl.all()).alias("with_all"), pl.concat_list("in_words").alias("all_words"))
    assert json_lines(frame) == one_by_one(frame)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_a_number_with_a_fraction_is_the_same_number(numbers: list[float]) -> None:
    told = [msgspec.json.decode(line)["x"] for line in json_lines(pl.DataFrame({"x": numbers}))]
    assert all(math.isclose(one, other, rel_tol=0, abs_tol=0) for one, other in zip(told, numbers, strict=True))
