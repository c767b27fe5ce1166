"""Pairs of lookups that lie near each other are those that a comparison of each with each finds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from services.core.contract import INSTANT
from services.detector.neighbours import MANY, pairs

NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)
WITHIN = timedelta(minutes=10)
LOOKS = st.lists(st.tuples(st.integers(0, 3600), st.one_of(st.none(), st.integers(1, 3))), max_size=12)
SCHEMA = {"number": pl.Int64(), "at": INSTANT, "employee": pl.Int64()}


def looks(given_looks: list[tuple[int, int | None]]) -> pl.DataFrame:
    rows = [(place, NOON + timedelta(seconds=after), who) for place, (after, who) in enumerate(given_looks)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


@settings(max_examples=50, deadline=None)
@given(LOOKS, LOOKS)
def test_pairs_are_all_those_of_one_employee_within_the_time(
    one: list[tuple[int, int | None]], other: list[tuple[int, int | None]]
) -> None:
    met = pairs(looks(one), looks(other), "employee", WITHIN)

    wanted = {
        (place, place_near)
        for place, (after, who) in enumerate(one)
        for place_near, (after_near, who_near) in enumerate(other)
        if who is not None and who == who_near and abs(after - after_near) <= WITHIN.total_seconds()
    }
    assert sorted(met.select("number", "number_near").iter_rows()) == sorted(wanted)


def test_looks_exactly_at_the_reach_meet_and_those_behind_it_do_not() -> None:
    other = looks([(600, 1), (601, 1)])

    met = pairs(looks([(0, 1)]), other, "employee", WITHIN)

    assert met["number_near"].to_list() == [0]


def test_without_looks_there_are_no_pairs_but_their_columns() -> None:
    met = pairs(looks([]), looks([(0, 1)]), "employee", WITHIN)

    assert met.is_empty()
    assert met.columns == ["number", "at", "employee", "number_near", "at_near"]


def test_of_many_looks_those_of_others_and_of_nobody_meet_nothing() -> None:
    crowd = [(after % 3600, 2 if after % 2 else None) for after in range(2 * MANY)]

    met = pairs(looks([(60, 1), (60, None)]), looks([*crowd, (0, 1), (120, 1)]), "employee", WITHIN)

    assert met["number"].to_list() == [0, 0]
    assert met["number_near"].to_list() == [2 * MANY, 2 * MANY + 1]
