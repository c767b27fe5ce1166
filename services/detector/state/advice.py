"""A database's complaint into what a person should do about it, and whether waiting helps."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple


class Advice(NamedTuple):
    """What to do; whether the trouble `passes` without a change of settings, or is `hopeless` to wait for.

    Where it is `known` that the statement failed nothing was stored; a connection that breaks leaves that open.
    """

    text: str
    passes: bool = False
    hopeless: bool = False
    known: bool = True


BUSY = Advice("another process is writing to it; stop that process, or wait and try again", passes=True)
FULL = Advice("the disk or the database is full; free space on its disk and try again", passes=True)
FAILING = Advice(
    "its disk fails to read or write; check the room left, the quota and the disk, then try again", passes=True
)
NO_TABLES = Advice("its tables are missing or older than this version; run: doelbinding migrate", hopeless=True)
DAMAGED = Advice("it is damaged; restore it from a backup", hopeless=True)
AWAY = Advice("it cannot be reached; check that it runs, its address and the network", passes=True, known=False)
CROWDED = Advice("it has no connection left; raise max_connections, or stop what holds the others", passes=True)
REFUSED = Advice("it refuses this user; check user, password and the server's pg_hba.conf")
NO_DATABASE = Advice("there is no such database on that server; make it: createdb NAME")
FORBIDDEN = Advice("this user may not do that; make the user the owner of the database and its tables")
READ_ONLY = Advice("it takes no writes at present; check that it is the primary server, not a standby")
NAMES_IN_USE = Advice("it has other tables of these names; give the detector a database of its own", hopeless=True)
ELSE = Advice("the database does not answer as it should; check that it runs and can be reached")

OF_SQLITE = {
    "SQLITE_BUSY": BUSY,
    "SQLITE_LOCKED": BUSY,
    "SQLITE_FULL": FULL,
    "SQLITE_IOERR": FAILING,  # an exceeded quota, among others
    "SQLITE_READONLY": Advice(
        "it may not be written; check its owner, its folder's owner and whether the disk is read-only"
    ),
    "SQLITE_CANTOPEN": Advice(
        "it cannot be opened; check that its folder exists and may be written, and its disk has room"
    ),
    "SQLITE_NOTADB": Advice("it is no SQLite database; name another file, or restore it from a backup", hopeless=True),
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_ERROR": NO_TABLES,
}

OF_POSTGRESQL = {
    "55P03": BUSY,  # lock_not_available
    "57014": BUSY,  # query_canceled: a time-out, or an operator
    "40001": BUSY,  # serialization_failure
    "40P01": BUSY,  # deadlock_detected
    "53100": FULL,
    "53200": Advice("the server has no memory left; give it more, or stop what uses it", passes=True),
    "53300": CROWDED,
    "58030": FAILING,
    "XX001": DAMAGED,
    "XX002": DAMAGED,
    "28000": REFUSED,
    "28P01": REFUSED,
    "3D000": NO_DATABASE,
    "42501": FORBIDDEN,
    "25006": READ_ONLY,
    "42P01": NO_TABLES,
    "42703": NO_TABLES,
    "3F000": NO_TABLES,
    "42P07": NAMES_IN_USE,
    "08": AWAY,
    "57P": AWAY,  # the server is starting, stopping, or ended this connection
    "25P03": AWAY,  # idle_in_transaction_session_timeout: this process stood still
    "53": ELSE,
}
"""By SQLSTATE, else by its first three or two characters (PostgreSQL's manual, appendix A)."""

CANNOT_CONNECT = "08001"
IN_WORDS = {
    "password": "28P01",
    "pg_hba.conf": "28000",
    "role": "28000",
    "does not exist": "3D000",
    "too many": "53300",
    "remaining connection slots": "53300",
}
"""A refused connection carries no SQLSTATE (libpq); these are words of the server's English messages."""

OUTSIDE = frozenset({"DatabaseError", "OperationalError", "InterfaceError"})
"""Names of drivers' errors that are no fault of a statement, unless their code says otherwise."""


def code_of(error: BaseException | None) -> str | None:
    """SQLite's code, or PostgreSQL's SQLSTATE; empty where neither tells, None where the fault is this program's."""
    if isinstance(error, OSError):
        return "SQLITE_CANTOPEN"
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    state = getattr(error, "sqlstate", None)
    if state is not None and advice_for(state):
        return str(state)
    if not any(kind.__name__ in {"OperationalError", "InterfaceError"} for kind in type(error).__mro__):
        return None
    return str(state or _of_words(str(error)))


def advice_for(code: str) -> Advice | None:
    """What is known of a code."""
    by_state = (OF_POSTGRESQL.get(code[:length]) for length in (5, 3, 2))
    primary = "_".join(code.split("_")[:2])  # SQLITE_IOERR of SQLITE_IOERR_WRITE
    return OF_SQLITE.get(primary) or next((found for found in by_state if found), None)


def _of_sqlite(error: sqlite3.Error) -> str | None:
    code = str(getattr(error, "sqlite_errorname", ""))
    own_fault = code == "SQLITE_ERROR" and "no such" not in str(error)
    return None if own_fault or type(error).__name__ not in OUTSIDE else code


def _of_words(told: str) -> str:
    if "FATAL" not in told:
        return CANNOT_CONNECT
    return next((code for words, code in IN_WORDS.items() if words in told), CANNOT_CONNECT)
