"""The archive gives back the lookups of some people, however many slices they came in."""

from __future__ import annotations

import polars as pl
import pytest
from sqlalchemy.engine import URL

from services.detector.encode import LOOKUPS
from services.detector.state import archive
from services.detector.state.connection import writing
from services.detector.state.store import Commit, Store
from tests.unit.state.samples import START, an_owned_store, lookups, query


def found(store: Store, employees: set[int] | None, subjects: set[int] | None) -> set[str]:
    return set(store.archive(employees, subjects)["lookup_id"].to_list())


def test_an_empty_archive_has_the_columns_of_lookups(database: URL) -> None:
    with an_owned_store(database) as store:
        assert store.archive(None, None).schema == pl.Schema(LOOKUPS)


def test_rows_come_back_where_employee_or_subject_matches(database: URL) -> None:
    with an_owned_store(database) as store:
        store.commit(Commit({}, lookups=lookups((1, 10), (2, 20))))
        store.commit(Commit({}, lookups=lookups((1, 30), (3, None))))
        assert found(store, {1}, {20}) == {"l-1-10", "l-2-20", "l-1-30"}
        assert found(store, {3}, None) == {"l-3-None"}
        assert found(store, None, {30}) == {"l-1-30"}
        assert found(store, set(), set()) == set()
        assert len(found(store, None, None)) == 4


def test_a_series_of_keys_may_hold_nulls(database: URL) -> None:
    with an_owned_store(database) as store:
        store.commit(Commit({}, lookups=lookups((1, 10), (2, None))))
        none = pl.Series([None], dtype=pl.Int64)
        assert store.archive(pl.Series([1, None], dtype=pl.Int64), none)["lookup_id"].to_list() == ["l-1-10"]


@pytest.mark.parametrize("slices", [15, 16, 17, 300])
def test_merging_small_blobs_loses_and_doubles_nothing(database: URL, slices: int) -> None:
    with an_owned_store(database) as store:
        with writing(store._engine) as connection:
            for number in range(slices):
                archive.append(connection, lookups((number, 1), (number, 2)))
        ids = sorted(store.archive(None, None)["lookup_id"].to_list())
    assert ids == sorted(f"l-{number}-{subject}" for number in range(slices) for subject in (1, 2))
    ((blobs, rows),) = query(database, "SELECT count(*), sum(rows) FROM archive")
    assert rows == 2 * slices
    assert blobs < 2 * archive.FAN_IN


def test_a_large_blob_is_left_alone(database: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "FULL_ROWS", 2)
    with an_owned_store(database) as store:
        with writing(store._engine) as connection:
            for number in range(20):
                archive.append(connection, lookups((number, 1), (number, 2)))
        assert store.archive(None, None).height == 40
    assert query(database, "SELECT DISTINCT level FROM archive") == [(archive.FULL,)]


def test_a_blob_knows_its_first_and_last_time(database: URL) -> None:
    with an_owned_store(database) as store:
        store.commit(Commit({}, lookups=lookups((1, 1), (1, 2), (1, 3))))
    ((first, last),) = query(database, "SELECT first_us, last_us FROM archive")
    assert first == START.timestamp() * 1_000_000
    assert last - first == 2 * 60 * 1_000_000
