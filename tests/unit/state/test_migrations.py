"""The migrations make the tables that the code uses, and may run any number of times."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.engine import URL

from services.detector.state.connection import sqlite_url
from services.detector.state.migrate import VERSION_TABLE, migrate
from services.detector.state.schema import METADATA


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
