"""The databases of both deployables into findings, without making or changing anything in them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError

from services.api.db import migrate as of_api
from services.api.db.sqlite import is_sqlite
from services.api.settings import PREFIX, ApiSettings
from services.core.errors import InputError
from services.detector.database import SETTING, detector_database, is_file
from services.detector.state import migrate as of_detector
from services.detector.state.connection import StoreUnavailable, open_engine, reading, sqlite_url, writing
from services.doctor.findings import Finding, fault, ok, warning

PATIENCE_SECONDS = 1.0
"""How long a check waits for a writer: commits take some tens of milliseconds."""


@dataclass(frozen=True)
class Kind:
    """What a database must look like: the check's name, its migrations, and the table that holds their version.

    One that is `kept_up` is made and brought up to date by the deployable itself when it starts.
    """

    check: str
    scripts: Path
    version_table: str
    kept_up: bool


def examine_api_database(settings: ApiSettings) -> list[Finding]:
    """The API's database, wherever its settings put it."""
    kind = Kind("api-database", of_api.MIGRATIONS, "alembic_version", settings.embedded)
    try:
        url = make_url(settings.database)
        if is_sqlite(url):
            return examine_file(Path(url.database or ""), kind)
        engine = create_engine(url, hide_parameters=True)
    except (ArgumentError, ImportError):
        return [
            fault(
                kind.check,
                f"{PREFIX}DATABASE_URL: no address of a database whose driver is installed; "
                "write one like postgresql+psycopg://HOST/NAME",
            )
        ]
    return _examined(engine, kind, "the database")


def api_engine(settings: ApiSettings) -> Engine:
    """An engine of the API's database, which exists."""
    url = make_url(settings.database)
    return open_file(Path(url.database or "")) if is_sqlite(url) else create_engine(url, hide_parameters=True)


def examine_detector_database(home: Path) -> list[Finding]:
    """The detector's state, positions and outbox, wherever its setting puts them."""
    try:
        url = detector_database(home)
    except InputError as error:
        return [fault(detector_kind().check, told) for told in error.faults]
    if is_file(url):
        return examine_file(Path(url.database or ""), detector_kind())
    return _examined(open_engine(url), detector_kind(), f"the database of {SETTING}")


def detector_engine(home: Path) -> Engine:
    """An engine of the detector's database, which exists."""
    url = detector_database(home)
    return open_file(Path(url.database or "")) if is_file(url) else open_engine(url)


def detector_kind() -> Kind:
    """What the detector's database must look like."""
    return Kind("detector-database", of_detector.SCRIPTS, of_detector.VERSION_TABLE, kept_up=True)


def examine_file(path: Path, kind: Kind) -> list[Finding]:
    """A SQLite file."""
    if not path.exists():
        told = f"{path}: does not exist yet; "
        if kind.kept_up:
            return [warning(kind.check, f"{told}the first start makes it, or run: doelbinding migrate")]
        return [fault(kind.check, f"{told}run: doelbinding migrate")]
    return _examined(open_file(path), kind, str(path))


def open_file(path: Path) -> Engine:
    """An engine of a file that exists; unlike the deployables' own it neither makes the file nor sets its mode."""
    address = f"{path.absolute().as_uri()}?mode=rw"
    return create_engine(
        sqlite_url(path),
        hide_parameters=True,
        creator=lambda: sqlite3.connect(address, uri=True, timeout=PATIENCE_SECONDS, check_same_thread=False),
    )


def _examined(engine: Engine, kind: Kind, name: str) -> list[Finding]:
    try:
        with reading(engine) as connection:
            version, journal = _version(connection, kind, name), _journal(connection, kind, name)
        well = ok(kind.check, f"{name}: has the tables of this release")
        return [*journal, *(version or [*_writable(engine, kind), well])]
    except StoreUnavailable as error:
        return [_unavailable(kind, error)]
    finally:
        engine.dispose()


def _version(connection: Connection, kind: Kind, name: str) -> list[Finding]:
    """Whether the tables are those of this release."""
    scripts = ScriptDirectory(str(kind.scripts))
    context = MigrationContext.configure(connection, opts={"version_table": kind.version_table})
    heads = context.get_current_heads()
    if set(heads) == set(scripts.get_heads()):
        return []
    try:
        scripts.get_revisions(heads)
    except CommandError:
        return [fault(kind.check, f"{name}: was made by a newer release; install that release, or a newer one")]
    told = f"{name}: has {'tables of an older release' if heads else 'no tables yet'}; run: doelbinding migrate"
    return [
        warning(kind.check, f"{told}, or start it: it does so by itself") if kind.kept_up else fault(kind.check, told)
    ]


def _journal(connection: Connection, kind: Kind, name: str) -> list[Finding]:
    """Whether readers and the writer leave each other alone (SQLite only)."""
    if connection.dialect.name != "sqlite":
        return []
    mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    if mode == "wal":
        return []
    return [
        warning(
            kind.check,
            f"{name}: its journal mode is {mode} instead of WAL, so that readers and the writer block each other; "
            "keep it on a local disk and start again, which sets the mode",
        )
    ]


def _writable(engine: Engine, kind: Kind) -> list[Finding]:
    """Whether the write lock can be had; a statement that changes nothing asks for it like any other."""
    try:
        with writing(engine) as connection:
            connection.exec_driver_sql(f"DELETE FROM {kind.version_table} WHERE 1 = 0")  # noqa: S608 - a constant
    except StoreUnavailable as error:
        return [_unavailable(kind, error)]
    return []


def _unavailable(kind: Kind, error: StoreUnavailable) -> Finding:
    """A lock that is held may pass; everything else does not by itself."""
    cause = error.__cause__
    reason = getattr(getattr(cause, "orig", cause), "sqlite_errorname", "")
    told = str(error).removesuffix(". Nothing was stored.")
    return warning(kind.check, told) if str(reason).startswith("SQLITE_BUSY") else fault(kind.check, told)
