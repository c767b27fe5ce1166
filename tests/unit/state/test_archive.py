"""The archive gives back the lookups of some people and days, however many slices they came in."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import make_url, text
from sqlalchemy.engine import URL

from services.core.archive import EVERYTHING, Wanted, key_version
from services.core.errors import DoelbindingError
from services.detector.encode import LOOKUPS
from services.detector.state import archive
from services.detector.state.blobs import freeze
from services.detector.state.connection import open_engine, sqlite_url, writing
from services.detector.state.migrate import SCRIPTS, migrate
from services.detector.state.store import Commit, Store
from tests.unit.state.samples import START, an_owned_store, lookups, query

KEYS = 1
DAY = START.date()


def keys(*numbers: int | None) -> pl.Series:
    return pl.Series(numbers, dtype=pl.Int64)


def found(store: Store, wanted: Wanted = EVERYTHING) -> set[str]:
    return set(store.archive(wanted)["lookup_id"].to_list())


def on(day: date, *looks: tuple[int, int | None]) -> pl.DataFrame:
    """Lookups of one local day."""
    moved = pl.lit(timedelta(days=(day - DAY).days))
    return lookups(*looks).with_columns(pl.col("at") + moved, pl.lit(day).alias("day"))


def test_an_empty_archive_has_the_columns_of_lookups(database: URL) -> None:
    with an_owned_store(database) as store:
        assert store.archive(EVERYTHING).schema == pl.Schema(LOOKUPS)


def test_rows_come_back_where_employee_or_subject_matches(database: URL) -> None:
    with an_owned_store(database) as store:
        store.commit(Commit({}, lookups=lookups((1, 10), (2, 20))))
        store.commit(Commit({}, lookups=lookups((1, 30), (3, None))))
        assert found(store, Wanted(keys(1), keys(20))) == {"l-1-10", "l-2-20", "l-1-30"}
        assert found(store, Wanted(keys(3))) == {"l-3-None"}
        assert found(store, Wanted(subjects=keys(30))) == {"l-1-30"}
        assert found(store, Wanted(keys(), keys())) == set()
        assert len(found(store)) == 4


def test_keys_may_hold_nulls_which_match_nothing(database: URL) -> None:
    with an_owned_store(database) as store:
        store.commit(Commit({}, lookups=lookups((1, 10), (2, None))))
        assert found(store, Wanted(keys(1, None), keys(None))) == {"l-1-10"}


def test_lookups_of_other_days_are_left_out(database: URL) -> None:
    next_day = DAY + timedelta(days=1)
    with an_owned_store(database) as store:
        store.commit(Commit({}, lookups=pl.concat([on(DAY, (1, 10), (2, 10)), on(next_day, (1, 20))])))
        assert found(store, Wanted(keys(1), days=pl.Series([next_day]))) == {"l-1-20"}
        assert found(store, Wanted(days=pl.Series([DAY]))) == {"l-1-10", "l-2-10"}
        assert found(store, Wanted(days=pl.Series([DAY - timedelta(days=1)]))) == set()


def test_a_part_holds_one_local_day_and_tells_the_version_of_its_keys(database: URL) -> None:
    days = [DAY, DAY + timedelta(days=1), DAY + timedelta(days=9)]
    with an_owned_store(database) as store:
        of_all = pl.concat([on(day, (number, 10)) for number, day in enumerate(days)])
        store.commit(Commit({}, lookups=of_all, key_version=3))
    stored = query(database, "SELECT day, key_version, body FROM archive ORDER BY day")
    assert [day for day, _, _ in stored] == [(day - date(1970, 1, 1)).days for day in days]
    assert {version for _, version, _ in stored} == {3}
    assert {key_version(bytes(body)) for _, _, body in stored} == {3}


def test_what_is_no_part_of_the_archive_is_told(tmp_path: Path) -> None:
    path = tmp_path / "other.parquet"
    lookups((1, 10)).write_parquet(path)
    with pytest.raises(DoelbindingError, match="no part of the archive"):
        key_version(path.read_bytes())


@pytest.mark.parametrize("slices", [15, 16, 17, 300])
def test_merging_small_parts_loses_and_doubles_nothing(database: URL, slices: int) -> None:
    days = [DAY, DAY + timedelta(days=1)]
    with an_owned_store(database) as store:
        with writing(store._engine) as connection:
            for number in range(slices):
                slice_ = pl.concat([on(day, (number, subject)) for subject, day in enumerate(days)])
                archive.append(connection, slice_, KEYS)
        ids = sorted(store.archive(EVERYTHING)["lookup_id"].to_list())
        of_a_day = found(store, Wanted(days=pl.Series(days[:1])))
    assert ids == sorted(f"l-{number}-{subject}" for number in range(slices) for subject in (0, 1))
    assert of_a_day == {f"l-{number}-0" for number in range(slices)}
    ((parts, rows),) = query(database, "SELECT count(*), sum(rows) FROM archive")
    assert rows == 2 * slices
    assert parts < 4 * archive.FAN_IN


def test_parts_under_different_keys_are_not_merged(database: URL) -> None:
    with an_owned_store(database) as store, writing(store._engine) as connection:
        for number in range(archive.FAN_IN):
            archive.append(connection, lookups((number, 1)), number % 2 + 1)
    assert query(database, "SELECT key_version, count(*) FROM archive GROUP BY key_version ORDER BY key_version") == [
        (1, archive.FAN_IN // 2),
        (2, archive.FAN_IN // 2),
    ]


def test_a_large_part_is_left_alone(database: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "FULL_ROWS", 2)
    with an_owned_store(database) as store:
        with writing(store._engine) as connection:
            for number in range(20):
                archive.append(connection, lookups((number, 1), (number, 2)), KEYS)
        assert store.archive(EVERYTHING).height == 40
    assert query(database, "SELECT DISTINCT level FROM archive") == [(archive.FULL,)]


def assert_migration_keeps_the_archive(empty: URL) -> None:
    """`empty` has no tables yet."""
    old = "INSERT INTO archive (id, level, first_us, last_us, rows, body) VALUES (:id, 0, 0, 0, 2, :body)"
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    engine = open_engine(empty)
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        for number in (1, 2):
            next_days = [DAY + timedelta(days=days) for days in (1, 3)]
            slice_ = pl.concat([on(DAY, (number, 10)), *(on(day, (number, 20 + day.day)) for day in next_days)])
            connection.execute(text(old), {"id": number, "body": freeze(slice_)})
    engine.dispose()
    migrate(empty)
    with an_owned_store(empty) as store:
        assert found(store, Wanted(days=pl.Series([DAY]))) == {"l-1-10", "l-2-10"}
        assert found(store, Wanted(keys(1))) == {"l-1-10", "l-1-23", "l-1-25"}
        assert found(store, Wanted(subjects=keys(10))) == {"l-1-10", "l-2-10"}
        assert found(store, Wanted(lookups=pl.Series(["l-2-25"]))) == {"l-2-25"}
        assert len(found(store)) == 6
        store.commit(Commit({}, lookups=on(DAY + timedelta(days=6), (1, 30))))
        assert found(store, Wanted(keys(1))) == {"l-1-10", "l-1-23", "l-1-25", "l-1-30"}
    settled = query(empty, "SELECT count(DISTINCT day) FROM archive_places")
    assert settled == [(3,)]


def test_the_archive_of_an_earlier_release_is_kept_by_day(tmp_path: Path) -> None:
    assert_migration_keeps_the_archive(sqlite_url(tmp_path / "s.sqlite"))


def test_the_archive_of_an_earlier_release_is_kept_by_day_on_postgresql(postgresql: str) -> None:
    assert_migration_keeps_the_archive(make_url(postgresql))
