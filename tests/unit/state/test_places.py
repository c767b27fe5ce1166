"""A question to the archive fetches the parts that hold its answer, and no others."""

from __future__ import annotations

import random
from datetime import timedelta
from importlib import import_module

import polars as pl
import pytest
from sqlalchemy.engine import URL

from services.core.archive import EVERYTHING, Wanted
from services.detector.encode import LOOKUPS
from services.detector.state import archive, places
from services.detector.state.connection import reading, writing
from services.detector.state.store import Store
from tests.unit.state.samples import START, an_owned_store, query

DAYS = [START.date() + timedelta(days=number) for number in range(12)]
KEYS = 1


def numbers(*values: int) -> pl.Series:
    return pl.Series(values, dtype=pl.Int64)


def looks(day: int, pairs: list[tuple[int, int | None]], name: str = "l") -> pl.DataFrame:
    """Lookups (employee, subject) of one day; their ids begin with `name`."""
    rows = [
        {"lookup_id": f"{name}-{day}-{place}", "at": START + timedelta(days=day, seconds=place), "day": DAYS[day]}
        | {"employee": employee, "subject": subject}
        for place, (employee, subject) in enumerate(pairs)
    ]
    return pl.DataFrame(rows, schema={name: LOOKUPS[name] for name in rows[0]})


def append(store: Store, *slices: pl.DataFrame) -> None:
    with writing(store._engine) as connection:
        for lookups in slices:
            archive.append(connection, lookups, KEYS)


def fetched(store: Store, wanted: Wanted) -> int:
    """How many parts a question reads."""
    with reading(store._engine) as connection:
        return len(places.parts_with(connection, wanted))


def settled_days(database: URL) -> int:
    return query(database, "SELECT count(DISTINCT day) FROM archive_places")[0][0]


def a_fortnight(store: Store) -> None:
    """Employee 1 looks at somebody else each day, employee 2 always at 500, employee 3 only on the first day."""
    for day in range(len(DAYS)):
        third = [(3, 300)] if day == 0 else []
        append(store, looks(day, [(1, 100 + day), (2, 500), *third]))


def test_a_person_is_read_out_of_the_parts_that_hold_them(database: URL) -> None:
    with an_owned_store(database) as store:
        a_fortnight(store)
        parts = fetched(store, EVERYTHING)
        assert parts == len(DAYS)
        assert fetched(store, Wanted(numbers(), numbers(100))) == 1
        assert fetched(store, Wanted(numbers(), numbers(100, 104, 111))) == 3
        assert fetched(store, Wanted(numbers(3))) == 1
        assert fetched(store, Wanted(numbers(2))) == parts
        assert fetched(store, Wanted(numbers(999), numbers(999))) == 0
        assert fetched(store, Wanted(lookups=pl.Series(["l-4-1"]))) == 1


def test_of_an_employee_only_parts_of_the_days_asked_for_are_read(database: URL) -> None:
    with an_owned_store(database) as store:
        a_fortnight(store)
        assert fetched(store, Wanted(numbers(2), days=pl.Series(DAYS[3:5]))) == 2
        assert fetched(store, Wanted(numbers(3), days=pl.Series(DAYS[3:5]))) == 0
        assert fetched(store, Wanted(days=pl.Series(DAYS[3:5]))) == 2


def test_a_new_day_settles_the_days_before_but_the_last(database: URL) -> None:
    with an_owned_store(database) as store:
        for _ in range(3):
            append(store, looks(0, [(1, 100)]), looks(1, [(1, 101)]))
        assert settled_days(database) == 0
        append(store, looks(2, [(1, 102)]))
        assert settled_days(database) == 1
    assert query(database, "SELECT count(*) FROM archive WHERE day = (SELECT min(day) FROM archive)") == [(1,)]
    assert query(database, "SELECT count(DISTINCT day) FROM archive JOIN archive_prints ON part = id") == [(2,)]


def test_a_settled_day_lies_by_employee_in_whatever_slices_it_came(
    database: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "FULL_ROWS", 10)
    with an_owned_store(database) as store:
        append(store, *(looks(0, [(number, 100 * number + place) for number in range(5)]) for place in range(10)))
        append(store, looks(0, [(number, 900 + number) for number in range(5)], "more"), looks(3, [(9, 9)]))
        of_one = Wanted(numbers(4), days=pl.Series(DAYS[:1]))
        assert fetched(store, Wanted(days=pl.Series(DAYS[:1]))) == 5
        assert fetched(store, of_one) == 1
        assert store.archive(of_one).height == 11


def test_what_comes_late_to_a_settled_day_is_found_and_settled_with_the_next_day(database: URL) -> None:
    late = Wanted(numbers(), numbers(777))
    with an_owned_store(database) as store:
        append(store, looks(0, [(1, 100)]), looks(5, [(1, 105)]), looks(0, [(1, 777)], "late"))
        assert store.archive(late)["lookup_id"].to_list() == ["late-0-0"]
        append(store, looks(6, [(1, 106)]))
        assert store.archive(late)["lookup_id"].to_list() == ["late-0-0"]
        assert fetched(store, late) == 1
        assert store.archive(Wanted(days=pl.Series(DAYS[:1]))).height == 2
    assert query(database, "SELECT count(*) FROM archive JOIN archive_prints ON part = id WHERE level = -1") == [(0,)]


def test_a_commit_settles_so_many_lookups_and_the_next_goes_on_while_all_are_found(
    database: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "LAID_TOGETHER", 2)
    with an_owned_store(database) as store:
        append(store, pl.concat([looks(day, [(1, 100 + day)]) for day in range(6)]))
        for settled in (2, 4, 6):
            append(store, looks(7, [(1, 107)], f"s{settled}"))
            assert settled_days(database) == settled
            assert all(fetched(store, Wanted(numbers(), numbers(100 + day))) == 1 for day in range(6))


def test_a_large_day_is_settled_in_pieces_while_late_lookups_come_to_it(
    database: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "LAID_TOGETHER", 4)
    late = Wanted(numbers(), numbers(777))
    with an_owned_store(database) as store:
        append(store, *(looks(0, [(1, 100), (2, 200)], f"s{number}") for number in range(6)))
        append(store, looks(5, [(1, 105)]), looks(0, [(1, 777)], "late"))
        assert settled_days(database) == 0
        append(store, looks(5, [(1, 106)], "more"))
        assert settled_days(database) == 1
        assert store.archive(late)["lookup_id"].to_list() == ["late-0-0"]
        assert store.archive(Wanted(days=pl.Series(DAYS[:1]))).height == 13
        assert fetched(store, Wanted(numbers(), numbers(200))) == 3
        append(store, looks(6, [(1, 106)]))
        assert store.archive(late)["lookup_id"].to_list() == ["late-0-0"]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("many", [1, places.MANY])
def test_every_question_is_answered_as_if_all_was_read(
    database: URL, monkeypatch: pytest.MonkeyPatch, seed: int, many: int
) -> None:
    monkeypatch.setattr(archive, "FULL_ROWS", 40)
    monkeypatch.setattr(places, "IN_A_BUCKET", 8)
    monkeypatch.setattr(places, "MANY", many)
    dice = random.Random(seed)
    slices = [
        looks(
            max(0, min(11, number // 4 - dice.choice([0, 0, 0, 1, 5]))),
            [
                (dice.randrange(9), None if dice.random() < 0.1 else dice.randrange(300))
                for _ in range(dice.choice([1, 5, 90]))
            ],
            f"s{number}",
        )
        for number in range(48)
    ]
    whole = pl.concat(slices)
    with an_owned_store(database) as store:
        append(store, *slices)
        for _ in range(20):
            wanted = Wanted(
                employees=numbers(*dice.sample(range(12), dice.randrange(3))) if dice.random() < 0.5 else None,
                subjects=numbers(*dice.sample(range(330), dice.randrange(5))) if dice.random() < 0.5 else None,
                days=pl.Series(dice.sample(DAYS, 3)) if dice.random() < 0.5 else None,
                lookups=pl.Series(dice.sample(whole["lookup_id"].to_list(), 3)) if dice.random() < 0.3 else None,
            )
            answer = store.archive(wanted)["lookup_id"].to_list()
            assert sorted(answer) == sorted(whole.filter(wanted.matches())["lookup_id"].to_list())


def test_large_parts_hold_the_lookups_of_some_employees_each(database: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "FULL_ROWS", 10)
    with an_owned_store(database) as store:
        append(store, looks(0, [(number % 10, number) for number in range(100)]))
        assert fetched(store, EVERYTHING) == 10
        assert fetched(store, Wanted(numbers(4))) == 1
        assert fetched(store, Wanted(numbers(4), days=pl.Series(DAYS[:1]))) == 1


def test_prints_are_the_same_in_every_release() -> None:
    """They are stored: other prints would find nothing of what was archived before."""
    lookups = looks(0, [(1, None), (-(2**63), 2**63 - 1)])
    migration = import_module("services.detector.state.migrations.versions.v0010_places_in_the_archive")
    stored = [1209974946, 1547833726, 2667995180, 3793526773, 3839455607]
    assert sorted(places.prints_of(lookups).tolist()) == stored
    assert (
        sorted(int(each) for kind in places.KINDS for each in migration._prints(lookups[kind], places.KINDS[kind]))
        == stored
    )
