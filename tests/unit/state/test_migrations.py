"""The migrations make the tables that the code uses, and may run any number of times."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

from services.core.clock import SystemClock
from services.core.errors import DoelbindingError
from services.core.keyring import new_key_ring
from services.detector.state.connection import open_engine, reading, sqlite_url, writing
from services.detector.state.migrate import SCRIPTS, VERSION_TABLE, migrate
from services.detector.state.readings import Readings
from services.detector.state.schema import DEAD_LETTERS, METADATA
from tests.unit.state.samples import an_owned_store


def test_migrations_and_schema_agree(database: URL) -> None:
    migrate(database)
    engine = create_engine(database)  # the store's own reads blobs as bytes, which reading a catalogue does not expect
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        difference = compare_metadata(context, METADATA)
    engine.dispose()
    assert difference == []


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "with space" / "per%cent.sqlite"
    migrate(sqlite_url(path))
    before = path.read_bytes()
    migrate(sqlite_url(path))
    assert path.read_bytes() == before


def test_dead_letters_of_an_earlier_release_are_kept_with_their_ids(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "s.sqlite")
    engine = open_engine(url)
    letter = {
        "partition": "files",
        "record": "lookup",
        "position": "a",
        "reasons": ["x"],
        "codes": ["y"],
        "sealed": b"s",
        "id": 7,
        "committed_us": 1,
    }
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(DEAD_LETTERS.insert(), [letter])
    migrate(url)
    with reading(engine) as connection:
        (row,) = connection.execute(DEAD_LETTERS.select()).all()
    engine.dispose()
    assert dict(row._mapping) == letter | {"to_tell": False}


def test_a_partition_of_an_earlier_release_keeps_its_place_and_takes_the_first_topic_told(
    database: URL,
) -> None:
    engine = open_engine(database)
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0007")
        connection.execute(
            text("INSERT INTO partitions (source, epoch, next, arrived, behind) VALUES ('lookups/0', 3, 70, 5, true)")
        )
    engine.dispose()
    migrate(database)
    with closing(Readings(database, new_key_ring(), SystemClock())) as readings:
        assert readings.claim("lookups/0", "first").next == 70
        with pytest.raises(DoelbindingError, match="made anew"):
            readings.claim("lookups/0", "second")


def test_signals_that_wait_in_an_earlier_release_wait_on_and_were_never_put_aside(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "s.sqlite")
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    engine = open_engine(url)
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0007")
        columns = "signal_id, content_hash, as_of_us, status, body, committed_us"
        connection.execute(text(f"INSERT INTO outbox ({columns}) VALUES ('s', 'h', 1, 'pending', 'b', 1)"))
    engine.dispose()
    migrate(url)
    with an_owned_store(url) as store:
        assert [(parcel.signal_id, parcel.failures) for parcel in store.outbox.pending(9, 99)] == [("s", 0)]
        assert store.outbox.backlog().aside == 0
