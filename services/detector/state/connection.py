"""A database address into transactions, and the database's complaints into errors for a person."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.pq import Format
from psycopg.rows import RowFactory
from sqlalchemy import Connection, Engine, Insert, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError

from services.core.errors import DoelbindingError
from services.detector.state.advice import ELSE, advice_for, code_of

BUSY_TIMEOUT_MS = 5_000
"""How long a writer waits for another before it gives up; a commit takes some tens of milliseconds."""

Record = tuple[object, ...]

CONNECT_SECONDS = 10
STAND_STILL_MS = 20_000
"""The server ends a transaction whose process stood still for so long: what it had locked is another's to take."""

STATEMENT_MS = 120_000
"""No statement of ours takes seconds; one that takes minutes waits for something that does not come."""

KEEPALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}
"""Seconds (the last: milliseconds) after which a server that vanished without a word counts as gone."""


class StoreUnavailable(DoelbindingError):  # noqa: N818 - it names a condition that may pass
    """The database could not do the work; nothing of it was stored, and the same work may be tried again.

    `passes` tells whether it may pass without a change of settings, `hopeless` that trying again is no use.
    """

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        advice = advice_for(code) or ELSE
        self.passes = not code or advice.passes
        self.hopeless = advice.hopeless


def sqlite_url(path: Path) -> URL:
    """The address of a database file."""
    return URL.create("sqlite", database=str(path))


def open_engine(url: str | URL, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> Engine:
    """An engine whose connections are safe to use from several threads; nothing is connected yet.

    SQLite files run in WAL with full synchronisation and foreign keys, and are readable by their owner only. On
    PostgreSQL no transaction waits longer than `busy_timeout_ms` for a lock, or holds one while its process stands
    still.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        engine = create_engine(address, hide_parameters=True)
        event.listen(engine, "do_connect", _make_private)
        event.listen(engine, "connect", lambda connection, _entry: _configure(connection, busy_timeout_ms))
        event.listen(engine, "begin", _begin)
        return engine
    options = {"connect_timeout": CONNECT_SECONDS, **KEEPALIVE, "cursor_factory": _BinaryCursor}
    given = {name: value for name, value in options.items() if name not in address.query}
    engine = create_engine(
        address, hide_parameters=True, pool_pre_ping=True, isolation_level="READ COMMITTED", connect_args=given
    )
    event.listen(engine, "connect", lambda connection, _entry: _limit(connection, busy_timeout_ms))
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view that never waits for a writer.

    Raises StoreUnavailable.
    """
    with _told(engine), engine.connect().execution_options(**_view(engine)) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction; rolled back on any error.

    On SQLite it holds the write lock from its start. On PostgreSQL it holds what it locks or changes, so that each
    user of this begins with the row that guards its work. Raises StoreUnavailable.
    """
    with _told(engine), engine.begin() as connection:
        yield connection


def _view(engine: Engine) -> dict[str, object]:
    if engine.dialect.name == "sqlite":
        return {"reads_only": True}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


@contextmanager
def _told(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        code = code_of(error.orig)
        if code is None:
            raise
        raise _unavailable(engine, error.orig, code) from error
    except (sqlite3.DatabaseError, OSError) as error:  # while connecting, before SQLAlchemy can wrap it
        raise _unavailable(engine, error, code_of(error) or "") from error


def _unavailable(engine: Engine, error: BaseException | None, code: str) -> StoreUnavailable:
    advice = advice_for(code) or ELSE
    stored = " Nothing was stored." if advice.known else ""
    return StoreUnavailable(f"{_place(engine.url)}: {_words(error)}: {advice.text}.{stored}", code)


def _place(url: URL) -> str:
    """The file, or server and database: no user, no password."""
    if url.get_backend_name() == "sqlite":
        return url.database or str(url)
    return f"{url.database or 'database'} at {url.host or 'the local server'}{f':{url.port}' if url.port else ''}"


def _words(error: BaseException | None) -> str:
    """What the database said in one line; PostgreSQL's details may hold values, and are left out."""
    primary = getattr(getattr(error, "diag", None), "message_primary", None)
    return " ".join(str(primary or error).split("LINE 1:")[0].split())


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


class _BinaryCursor(psycopg.Cursor[Record]):
    """Rows come as bytes: a blob written out as text takes ten times as long to read."""

    def __init__(
        self, connection: psycopg.Connection[Record], *, row_factory: RowFactory[Record] | None = None
    ) -> None:
        super().__init__(connection, row_factory=row_factory or connection.row_factory)
        self.format = Format.BINARY


def _limit(connection: DBAPIConnection, busy_timeout_ms: int) -> None:
    """Without these limits a process that stands still in a transaction blocks its successor for ever."""
    limits = {
        "lock_timeout": busy_timeout_ms,
        "idle_in_transaction_session_timeout": STAND_STILL_MS,
        "statement_timeout": STATEMENT_MS,
    }
    cursor = connection.cursor()
    cursor.execute("SELECT " + ", ".join(f"set_config('{name}', '{limit}', false)" for name, limit in limits.items()))
    cursor.close()
    connection.commit()


def _begin(connection: Connection) -> None:
    reads_only = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def insert_new(connection: Connection, table: Table) -> Insert:
    """An INSERT that leaves rows as they are which the table has already, by any of its unique keys."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
