"""What is committed is what is loaded, and nothing else is written."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from sqlalchemy.engine import URL

from services.core.contract import DEAD_LETTER
from services.core.errors import DoelbindingError
from services.detector.state.blobs import freeze
from services.detector.state.connection import sqlite_url
from services.detector.state.fences import Fenced
from services.detector.state.migrate import migrate
from services.detector.state.store import Commit
from tests.unit.state.samples import a_revision, a_store, an_owned_store, days, dead, lookups, query, revisions

NOTHING = {"days": days(), "totals": pl.DataFrame(schema={"n": pl.Int64})}


def test_a_new_store_holds_nothing(database: URL) -> None:
    with a_store(database) as store:
        assert store.claim() == 1
        snapshot = store.load()
    assert (snapshot.tables, snapshot.positions, snapshot.epoch, snapshot.meta) == ({}, {}, 1, {})


def test_another_process_finds_what_was_committed(database: URL) -> None:
    totals = pl.DataFrame({"n": [7], "name": ["é"], "tags": [["a", None]]})
    with an_owned_store(database) as store:
        store.commit(
            Commit({"days": days(d1=[1, 2], d2=[3]), "totals": totals}, {"a.ndjson": 3}, meta={"version": "1"})
        )
    with a_store(database) as store:
        snapshot = store.load()
    assert_frame_equal(snapshot.tables["days"], days(d1=[1, 2], d2=[3]), check_row_order=False)
    assert_frame_equal(snapshot.tables["totals"], totals)
    assert (snapshot.positions, snapshot.meta) == ({"a.ndjson": 3}, {"version": "1"})


def test_positions_and_meta_that_a_commit_does_not_name_stay(database: URL) -> None:
    with an_owned_store(database) as store:
        store.commit(Commit(NOTHING, {"a": 1, "b": 1}, meta={"x": "1", "y": "1"}))
        store.commit(Commit(NOTHING, {"b": 2, "c": 2}, meta={"y": "2"}))
        snapshot = store.load()
    assert snapshot.positions == {"a": 1, "b": 2, "c": 2}
    assert snapshot.meta == {"x": "1", "y": "2"}


def test_only_the_bucket_that_changed_is_rewritten(database: URL) -> None:
    with an_owned_store(database) as store:
        store.commit(Commit({"days": days(d1=[1], d2=[2])}))
        query(database, "UPDATE state SET body = :body WHERE bucket = 1", body=freeze(days(d1=[99])))
        store.commit(Commit({"days": days(d2=[2, 5], d1=[1])}))
        found = store.load().tables["days"]
    assert_frame_equal(found, days(d1=[99], d2=[2, 5]), check_row_order=False)


def test_the_order_of_rows_is_no_change_but_a_type_is(database: URL) -> None:
    with an_owned_store(database) as store:
        store.commit(Commit({"days": days(d1=[1, 2])}))
        store.commit(Commit({"days": days(d1=[2, 1])}))
        assert store.load().tables["days"]["number"].to_list() == [1, 2]
        store.commit(Commit({"days": days(d1=[1, 2]).cast({"number": pl.Int16})}))
        assert store.load().tables["days"].schema["number"] == pl.Int16


def test_buckets_and_tables_that_vanish_are_deleted(database: URL) -> None:
    with an_owned_store(database) as store:
        store.commit(Commit({"days": days(d1=[1], d2=[2]), "gone": days(d1=[1]), "emptied": days(d1=[1])}))
        store.commit(Commit({"days": days(d2=[2]), "emptied": days()}))
        tables = store.load().tables
        assert store.sizes().rows == {"days": 1}
    assert tables.keys() == {"days"}
    assert_frame_equal(tables["days"], days(d2=[2]))


def test_a_detector_that_was_taken_over_cannot_commit(database: URL) -> None:
    with an_owned_store(database) as zombie, an_owned_store(database) as owner:
        with pytest.raises(Fenced, match="another detector took over"):
            zombie.commit(Commit({"days": days(d1=[1])}, {"a": 9}, revisions(a_revision(1)), dead("a:1")))
        owner.commit(Commit({"days": days(d1=[2])}, {"a": 1}))
        assert owner.load().positions == {"a": 1}
        assert owner.outbox.backlog().pending == 0
        assert owner.dead_letters().is_empty()


def test_what_was_loaded_before_the_claim_may_not_be_built_upon(database: URL) -> None:
    with a_store(database) as store:
        store.load()
        store.claim()
        with pytest.raises(DoelbindingError, match="claimed and loaded, in this order"):
            store.commit(Commit(NOTHING))


def test_reading_the_same_slice_again_doubles_no_dead_letter_and_no_revision(database: URL) -> None:
    again = Commit(NOTHING, {"a": 2}, revisions(a_revision(1)), dead("a:1", "a:2"), "files")
    with an_owned_store(database) as store:
        store.commit(again)
        store.commit(again)
        assert_frame_equal(store.dead_letters(), dead("a:1", "a:2"))
        assert store.dead_letters().schema == pl.Schema(DEAD_LETTER.schema)
        assert store.outbox.backlog().pending == 1


def test_equal_positions_of_two_partitions_are_two_dead_letters(database: URL) -> None:
    with an_owned_store(database) as store:
        store.commit(Commit(NOTHING, dead=dead("17"), partition="lookups-0"))
        store.commit(Commit(NOTHING, dead=dead("17"), partition="lookups-1"))
        assert store.dead_letters().height == 2


def test_a_commit_tells_which_dead_letters_were_not_there_before(database: URL) -> None:
    with an_owned_store(database) as store:
        assert_frame_equal(store.commit(Commit(NOTHING, dead=dead("1", "2"), partition="p")), dead("1", "2"))
        assert_frame_equal(store.commit(Commit(NOTHING, dead=dead("2", "3", "3"), partition="p")), dead("3"))
        assert store.commit(Commit(NOTHING, dead=dead("1"), partition="p")).is_empty()
        assert store.commit(Commit(NOTHING)).is_empty()


def test_a_row_of_a_register_is_one_dead_letter_whatever_came_beside_it(database: URL) -> None:
    links = dead("case-links.ndjson: line 7").with_columns(pl.lit("case-link").alias("record"))
    with an_owned_store(database) as store:
        assert store.commit(Commit(NOTHING, dead=links, partition="lookups-0")).height == 1
        assert store.commit(Commit(NOTHING, dead=links, partition="lookups-1")).is_empty()
        assert store.bury(links).is_empty()
        assert store.dead_letters().height == 1


def test_dead_letters_of_registers_are_stored_before_any_step(database: URL) -> None:
    links = dead("t/0: offset 7", "t/0: offset 8").with_columns(pl.lit("case-link").alias("record"))
    with an_owned_store(database) as store:
        assert_frame_equal(store.bury(links), links)
        assert store.bury(links).is_empty()
        assert_frame_equal(store.dead_letters(), links)


def test_the_file_can_be_read_by_its_owner_only(tmp_path: Path) -> None:
    migrate(sqlite_url(tmp_path / "home" / "s.sqlite"))
    with an_owned_store(tmp_path / "home" / "s.sqlite"):
        modes = {file.name: file.stat().st_mode & 0o777 for file in (tmp_path / "home").iterdir()}
    assert modes == dict.fromkeys(("s.sqlite", "s.sqlite-wal", "s.sqlite-shm"), 0o600)


def test_sizes_tell_rows_and_bytes(database: URL) -> None:
    with an_owned_store(database) as store:
        store.commit(Commit({"days": days(d1=[1, 2], d2=[3])}, lookups=lookups((1, 2))))
        sizes = store.sizes()
    blobs = query(database, "SELECT body FROM state UNION ALL SELECT body FROM archive")
    assert repr(sizes.rows) == "{'days': 3}"
    assert sizes.bytes == sum(len(body) for (body,) in blobs)
