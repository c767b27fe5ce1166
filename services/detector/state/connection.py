"""A database address into transactions, and the database's complaints into errors for a person."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, Insert, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DatabaseError

from services.core.errors import DoelbindingError

BUSY_TIMEOUT_MS = 5_000
"""How long a writer waits for another before it gives up; a commit takes some tens of milliseconds."""

ADVICE = {
    "SQLITE_BUSY": "another process is writing to it; stop that process, or wait and try again",
    "SQLITE_LOCKED": "another process is writing to it; stop that process, or wait and try again",
    "SQLITE_FULL": "the disk or the database is full; free space on its disk and try again",
    "SQLITE_READONLY": "it may not be written; check its owner, its folder's owner and whether the disk is read-only",
    "SQLITE_CANTOPEN": "it cannot be opened; check that its folder exists and may be written, and its disk has room",
    "SQLITE_IOERR": "its disk fails to read or write; check the room left, the quota and the disk, then try again",
    "SQLITE_NOTADB": "it is no SQLite database; name another file, or restore it from a backup",
    "SQLITE_CORRUPT": "it is damaged; restore it from a backup",
    "SQLITE_ERROR": "its tables are missing or older than this version; run: doelbinding migrate",
}
ELSE_ADVICE = "the database does not answer as it should; check that it runs and can be reached"

BY_ITSELF = frozenset({"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR"})
"""What ends when another process is done or there is room again. SQLite tells an exceeded quota as SQLITE_IOERR."""

NEVER = frozenset({"SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_ERROR"})
"""What waiting does not mend: the file is another one than was meant, or damaged."""


class StoreUnavailable(DoelbindingError):  # noqa: N818 - it names a condition that may pass
    """The database could not do the work; nothing of it was stored, and the same work may be tried again.

    `passes` tells whether it may pass without a change of settings, `hopeless` that trying again is no use.
    """

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.passes = not code or _family(code) in BY_ITSELF
        self.hopeless = _family(code) in NEVER


def sqlite_url(path: Path) -> URL:
    """The address of a database file."""
    return URL.create("sqlite", database=str(path))


def open_engine(url: str | URL, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> Engine:
    """An engine whose connections are safe to use from several threads; nothing is connected yet.

    SQLite files run in WAL with full synchronisation and foreign keys, and are readable by their owner only.
    """
    engine = create_engine(make_url(url), hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "do_connect", _make_private)
        event.listen(engine, "connect", lambda connection, _entry: _configure(connection, busy_timeout_ms))
        event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view that never waits for a writer.

    Raises StoreUnavailable.
    """
    with _told(engine), engine.connect().execution_options(reads_only=True) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that holds the write lock from its start; rolled back on any error.

    Raises StoreUnavailable.
    """
    with _told(engine), engine.begin() as connection:
        yield connection


@contextmanager
def _told(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        if not _is_outside_cause(error.orig):
            raise
        raise _unavailable(engine, error.orig) from error
    except (sqlite3.DatabaseError, OSError) as error:  # while connecting, before SQLAlchemy can wrap it
        raise _unavailable(engine, error) from error


def _is_outside_cause(error: BaseException | None) -> bool:
    """A broken constraint or a wrong statement is a fault of this program and stays a fault."""
    if getattr(error, "sqlite_errorname", "") == "SQLITE_ERROR":
        return "no such" in str(error)
    return type(error).__name__ in {"DatabaseError", "OperationalError", "InterfaceError"}


def _unavailable(engine: Engine, error: BaseException | None) -> StoreUnavailable:
    place = engine.url.database or engine.url.render_as_string(hide_password=True)
    code = "SQLITE_CANTOPEN" if isinstance(error, OSError) else str(getattr(error, "sqlite_errorname", ""))
    advice = ADVICE.get(_family(code), ELSE_ADVICE)
    return StoreUnavailable(f"{place}: {error}: {advice}. Nothing was stored.", code)


def _family(code: str) -> str:
    """The primary code of an extended one: SQLITE_IOERR of SQLITE_IOERR_WRITE."""
    return "_".join(code.split("_")[:2])


def _make_private(_dialect: object, _entry: object, arguments: list[str], keywords: dict[str, object]) -> None:
    """The file exists with its owner's rights alone before SQLite would make it for everybody to read."""
    path = arguments[0]
    if path == ":memory:" or keywords.get("uri"):
        return
    Path(path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDONLY | os.O_CREAT, 0o600))


def _configure(connection: sqlite3.Connection, busy_timeout_ms: int) -> None:
    connection.isolation_level = None  # sqlite3 would begin by itself, and only at the first change
    for pragma in (f"busy_timeout={busy_timeout_ms}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    reads_only = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def insert_new(connection: Connection, table: Table) -> Insert:
    """An INSERT that leaves rows as they are which the table has already, by any of its unique keys."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
