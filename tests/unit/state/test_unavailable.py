"""A database that cannot do the work says why, keeps nothing of it, and takes the same work later."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal
from sqlalchemy import event

from services.core.archive import EVERYTHING
from services.core.clock import SystemClock
from services.core.errors import DoelbindingError
from services.detector.state.connection import StoreUnavailable, sqlite_url
from services.detector.state.migrate import migrate
from services.detector.state.store import Commit, Store
from tests.unit.state.samples import a_revision, a_store, an_owned_store, days, dead, lookups, revisions

WORK = Commit(
    {"days": days(d1=list(range(2_000)))},
    {"a": 1},
    revisions(*(a_revision(number) for number in range(100))),
    dead("a:1"),
    "files",
    lookups(*((number, number) for number in range(500))),
    {"x": "1"},
)


def assert_holds_nothing(store: Store) -> None:
    snapshot = store.load()
    assert (snapshot.tables, snapshot.positions, snapshot.meta) == ({}, {}, {})
    assert store.outbox.backlog().pending == 0
    assert store.dead_letters().is_empty()
    assert store.archive(EVERYTHING).is_empty()


def assert_holds_the_work(store: Store) -> None:
    snapshot = store.load()
    assert_frame_equal(snapshot.tables["days"], WORK.tables["days"], check_row_order=False)
    assert (snapshot.positions, snapshot.meta) == ({"a": 1}, {"x": "1"})
    assert (store.outbox.backlog().pending, store.dead_letters().height) == (100, 1)
    assert store.archive(EVERYTHING).height == 500


def test_a_locked_database_takes_the_same_commit_once_it_is_free(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with an_owned_store(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="another process is writing to it"):
            store.commit(WORK)
        assert_holds_nothing(store)
        other.execute("ROLLBACK")
        store.commit(WORK)
        assert_holds_the_work(store)


def test_reading_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with an_owned_store(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        store.commit(WORK)
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM outbox")
        assert_holds_the_work(store)


def test_a_full_disk_takes_the_same_commit_once_there_is_room(tmp_path: Path) -> None:
    limit = {"pages": 0}
    with a_store(tmp_path / "s.sqlite") as store:
        event.listen(
            store._engine, "checkout", lambda raw, *_: raw.execute(f"PRAGMA max_page_count={limit['pages']}").close()
        )
        store.claim()
        store.load()
        with closing(sqlite3.connect(tmp_path / "s.sqlite")) as other:
            limit["pages"] = other.execute("PRAGMA page_count").fetchone()[0] + 3
        with pytest.raises(StoreUnavailable, match="the disk or the database is full; free space"):
            store.commit(WORK)
        assert_holds_nothing(store)
        limit["pages"] = 1_000_000
        store.commit(WORK)
        assert_holds_the_work(store)


def test_a_read_only_database_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with an_owned_store(path) as keeps_it_in_wal:
        keeps_it_in_wal.commit(WORK)
        store = Store(f"sqlite:///file:{path}?mode=ro&uri=true", SystemClock())
        with pytest.raises(StoreUnavailable, match="it may not be written; check its owner"):
            store.claim()
        assert store.load().positions == {"a": 1}
        store.close()


def test_a_file_that_is_no_database_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "s.sqlite").write_text("no database " * 1_000)
    with pytest.raises(StoreUnavailable, match="it is no SQLite database"):
        migrate(sqlite_url(tmp_path / "s.sqlite"))


def test_a_folder_that_cannot_be_made_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="check that its folder exists"):
        migrate(sqlite_url(tmp_path / "file" / "s.sqlite"))


def test_missing_tables_point_to_the_command_that_makes_them(tmp_path: Path) -> None:
    store = Store(sqlite_url(tmp_path / "s.sqlite"), SystemClock())
    with pytest.raises(StoreUnavailable, match="run: doelbinding migrate"):
        store.claim()
    store.close()


def test_a_database_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    migrate(sqlite_url(path))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE detector_version SET version_num = '9999'")
    with pytest.raises(DoelbindingError, match="made by another version of doelbinding"):
        migrate(sqlite_url(path))


def test_an_error_shows_no_stored_value(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with an_owned_store(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable) as caught:
            store.commit(Commit({}, {"secret-file-name": 1}))
    assert "secret" not in str(caught.value)
    assert "secret" not in str(caught.value.__cause__)
