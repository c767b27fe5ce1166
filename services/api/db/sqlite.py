"""What holds for SQLite alone: pragmas, explicit transactions, and its synchronous driver for migrations."""

from __future__ import annotations

import sqlite3

from sqlalchemy import URL, Connection, Engine, event

BUSY_SECONDS = 15
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
)


def is_sqlite(url: URL) -> bool:
    """Whether the address is that of a SQLite file."""
    return url.get_backend_name() == "sqlite"


def synchronous(url: URL) -> URL:
    """The same database through the driver that migrations use."""
    return url.set(drivername="sqlite") if is_sqlite(url) else url


def harden(engine: Engine) -> None:
    """Set the pragmas on each connection, and begin transactions ourselves.

    Python's driver opens a transaction only at the first write; then a read before it is not part of the
    transaction, and two writers that both read first end in a lock error instead of waiting for each other.
    """
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
