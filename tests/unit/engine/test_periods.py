"""Register rows whose periods overlap become periods of which one is in force, whatever the order of the rows."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.core.contract import EMPLOYEE, RELATION
from services.detector.periods import EMPLOYEE_KEY, RELATION_KEY, in_force, overlapping
from tests.world import BSNS, frame, local

Row = dict[str, object]
START = local("2025-03-01 00:00")
OPEN = None


def day(number: int | None) -> datetime | None:
    return None if number is None else START + timedelta(days=number)


def period(team: str, first: int, end: int | None = OPEN, known: int | None = None, who: int = 1) -> Row:
    """An employee in a team from one day to another, as written down on a day."""
    return {
        "employee_id": f"e{who}", "bsn": BSNS[who], "team_id": team, "role": "job-coach", "department": "WW",
        "eigen_personeel": False, "valid_from": day(first), "valid_to": day(end), "registered_at": day(known),
    }  # fmt: skip


def settled(*rows: Row) -> list[tuple[object, ...]]:
    """Team, first day, end and day of knowledge of each period in force, in order of time."""
    found = in_force(frame(EMPLOYEE, rows), EMPLOYEE_KEY).sort("employee_id", "valid_from")
    days = [(pl.col(name) - START).dt.total_days() for name in ("valid_from", "valid_to", "registered_at")]
    return found.select("team_id", *days).rows()


def clashing(*rows: Row) -> list[int]:
    return overlapping(frame(EMPLOYEE, rows), EMPLOYEE_KEY).to_list()


def test_periods_that_follow_one_another_stay_as_they_are() -> None:
    rows = period("A", 0, 10), period("B", 10, 20), period("A", 25)
    assert settled(*rows) == [("A", 0, 10, 0), ("B", 10, 20, 10), ("A", 25, None, 25)]
    assert clashing(*rows) == []


def test_the_period_that_began_last_is_in_force_and_after_its_end_the_other_one_is_again() -> None:
    rows = period("A", 0), period("B", 10, 20)
    assert settled(*rows) == [("A", 0, 10, 0), ("B", 10, 20, 10), ("A", 20, None, 0)]
    assert clashing(*rows) == [0, 1]


def test_a_row_that_is_there_twice_is_there_once() -> None:
    rows = period("A", 0), period("A", 0), period("A", 0)
    assert settled(*rows) == [("A", 0, None, 0)]
    assert clashing(*rows) == []


def test_a_newer_registration_takes_the_place_of_the_older_and_keeps_since_when_it_was_known() -> None:
    rows = period("A", 0), period("A", 0, 30, known=29), period("B", 30)
    assert settled(*rows) == [("A", 0, 30, 0), ("B", 30, None, 30)]
    assert clashing(*rows) == []


def test_what_a_newer_registration_adds_is_known_since_then() -> None:
    assert settled(period("A", 0, 10), period("A", 0, 20, known=15)) == [("A", 0, 10, 0), ("A", 10, 20, 15)]


def test_a_corrected_team_is_known_since_its_correction() -> None:
    assert settled(period("A", 0), period("B", 0, known=5)) == [("B", 0, None, 5)]


def test_of_two_teams_from_the_same_day_one_is_taken_whatever_the_order_of_the_rows() -> None:
    rows = period("A", 0), period("B", 0)
    assert settled(*rows) == settled(*reversed(rows)) == [("B", 0, None, 0)]
    assert clashing(*rows) == [0, 1]


def test_a_period_without_length_is_never_in_force_and_hides_no_other() -> None:
    rows = period("A", 0), period("B", 10, 10)
    assert settled(*rows) == [("A", 0, None, 0)]
    assert clashing(*rows) == []


def test_employees_do_not_overlap_each_other() -> None:
    assert clashing(period("A", 0), period("B", 5, who=2)) == []


@pytest.mark.parametrize(
    ("second", "numbers"),
    [({}, []), ({"valid_from": day(5)}, [0, 1]), ({"kind": "child", "valid_from": day(5)}, []), ({"bsn": BSNS[9]}, [])],
    ids=["the same", "another period", "another kind", "another person"],
)
def test_relations_overlap_where_they_are_of_the_same_people_kind_and_source(second: Row, numbers: list[int]) -> None:
    first = {
        "employee_id": "e1", "bsn": BSNS[2], "kind": "partner", "source": "brp", "valid_from": day(0),
    }  # fmt: skip
    assert overlapping(frame(RELATION, [first, first | second]), RELATION_KEY).to_list() == numbers


def test_a_register_with_everybody_under_one_number_takes_time_in_proportion() -> None:
    everybody = [period(f"T{number % 7}", number % 50, number % 50 + 60) for number in range(20_000)]
    assert len(settled(*everybody)) == 99  # one less than there are moments at which something begins or ends


DAYS = st.integers(0, 8)
PERIODS = st.builds(
    lambda team, first, length, known, who: period(team, first, None if length is None else first + length, known, who),
    st.sampled_from("AB"),
    DAYS,
    st.none() | st.integers(0, 5),
    st.none() | DAYS,
    st.integers(1, 2),
)


def known(row: Mapping[str, object]) -> str:
    return str(row["registered_at"] or row["valid_from"])


def covers(row: Mapping[str, object], at: datetime) -> bool:
    return str(row["valid_from"]) <= str(at) and (row["valid_to"] is None or str(at) < str(row["valid_to"]))


def team_at(rows: list[Row], who: int, at: datetime) -> str | None:
    """The rule in plain words: of the newest registrations that cover the moment, the one that began last."""
    mine = [row for row in rows if row["employee_id"] == f"e{who}"]
    newest = [
        row
        for row in mine
        if known(row) == max(known(other) for other in mine if other["valid_from"] == row["valid_from"])
    ]
    covering = [(str(row["valid_from"]), str(row["team_id"])) for row in newest if covers(row, at)]
    return max(covering)[1] if covering else None


@settings(deadline=None, max_examples=50)
@given(st.lists(PERIODS, max_size=6), st.randoms(use_true_random=False))
def test_every_moment_has_one_team_at_most_and_it_is_the_one_that_began_last(
    rows: list[Row], chance: random.Random
) -> None:
    found = in_force(frame(EMPLOYEE, rows), EMPLOYEE_KEY).sort("employee_id", "valid_from")
    turned = in_force(frame(EMPLOYEE, chance.sample(rows, len(rows))), EMPLOYEE_KEY)
    assert turned.sort("employee_id", "valid_from").rows() == found.rows()
    for who in (1, 2):
        for number in range(15):
            at = START + timedelta(days=number)
            of_one = [row for row in found.iter_rows(named=True) if row["employee_id"] == f"e{who}" and covers(row, at)]
            expected = team_at(rows, who, at)
            assert [row["team_id"] for row in of_one] == ([] if expected is None else [expected])
