"""The database of the settings into one view of its audit trail, without an API."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from services.api.db import sqlite
from services.api.db.migrate import is_current
from services.api.db.trouble import trouble_of
from services.core.errors import DoelbindingError, InputError


@contextmanager
def trail_view(url: str) -> Iterator[Connection]:
    """A transaction that sees the database as it is now, however long it lasts and whoever writes meanwhile.

    Raises InputError if the URL is no database's or its file is not there, DoelbindingError if it cannot be read, or
    has the tables of another release.
    """
    engine = _engine(url)
    try:
        with engine.connect().execution_options(isolation_level=_isolation(engine)) as connection, connection.begin():
            if not is_current(connection):
                raise DoelbindingError("database: it has the tables of another release; run: doelbinding migrate")
            yield connection
    except (SQLAlchemyError, sqlite3.DatabaseError) as error:  # the latter while connecting, where nobody wraps it
        trouble = trouble_of(error)
        advice = trouble.advice if trouble else "check that it is the API's, and whole"
        raise DoelbindingError(f"database: the audit trail cannot be read: {type(error).__name__}: {advice}") from error
    finally:
        engine.dispose()


def _engine(url: str) -> Engine:
    try:
        address = make_url(url)
        engine = create_engine(sqlite.synchronous(address), hide_parameters=True)
    except (ArgumentError, ImportError) as error:
        raise InputError("database URL: not one of a database whose driver is installed") from error
    if sqlite.is_sqlite(address):
        if not Path(address.database or "").is_file():
            raise InputError(f"{address.database}: there is no such database; set DOELBINDING_HOME to the API's folder")
        sqlite.harden(engine)
    return engine


def _isolation(engine: Engine) -> str:
    """SQLite's transactions are one view by themselves."""
    return "SERIALIZABLE" if sqlite.is_sqlite(engine.url) else "REPEATABLE READ"
