"""The database from whatever version it has to the newest one."""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from services.api.db import sqlite
from services.api.db.trouble import trouble_of
from services.core.errors import DoelbindingError, InputError

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(url: str) -> None:
    """Bring the tables to the newest version; what is there is kept.

    Raises InputError if the URL is no database's, DoelbindingError if the database cannot be reached or changed.
    """
    try:
        engine = create_engine(sqlite.synchronous(make_url(url)), hide_parameters=True)
    except (ArgumentError, ImportError) as error:
        raise InputError("database URL: not one of a database whose driver is installed") from error
    if sqlite.is_sqlite(engine.url):
        sqlite.harden(engine)
    try:
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            command.upgrade(_config(connection), "head")
    except (SQLAlchemyError, sqlite3.DatabaseError) as error:  # the latter while connecting, where nobody wraps it
        raise DoelbindingError(f"database: cannot be migrated: {_reason(error)}") from error
    finally:
        engine.dispose()


def is_current(connection: Connection) -> bool:
    """Whether the tables have the newest version."""
    return MigrationContext.configure(connection).get_current_heads() == newest()


@cache
def newest() -> tuple[str, ...]:
    """The version that this release needs."""
    return tuple(ScriptDirectory.from_config(_config(None)).get_heads())


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _reason(error: Exception) -> str:
    """What the driver said, without the statement and its values, and what to do about it."""
    trouble = trouble_of(error)
    said = str(getattr(error, "orig", None) or (error if isinstance(error, sqlite3.Error) else type(error).__name__))
    return f"{said}: {trouble.advice}" if trouble else said
