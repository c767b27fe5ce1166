"""Complaints of the database into what the asker may know, and what the operator should do."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from http import HTTPStatus

from sqlalchemy.exc import DatabaseError

LOCKED = "another process writes to it and does not end; stop that process"
NO_ROOM = "the disk or the database is full; free space on its disk"
FAILING = "its disk fails to read or write; check the room left, the quota and the disk"
ADVICE = {
    "SQLITE_BUSY": LOCKED,
    "SQLITE_LOCKED": LOCKED,
    "SQLITE_FULL": NO_ROOM,
    "SQLITE_IOERR": FAILING,
    "SQLITE_READONLY": "it may not be written; check its owner, its folder's owner and whether the disk is read-only",
    "SQLITE_CANTOPEN": "it cannot be opened; check that its folder exists and may be written, and its disk has room",
    "SQLITE_CORRUPT": "it is damaged; restore it from a backup",
    "SQLITE_NOTADB": "it is no SQLite database; restore it from a backup",
    "53100": NO_ROOM,  # PostgreSQL: disk_full
    "55P03": LOCKED,  # lock_not_available
    "25P03": "this process stood still in the middle of its work; give it processor time and memory",
}
ELSE_ADVICE = "check that it runs and can be reached"
FULL = frozenset({"SQLITE_FULL", "53100"})
OUTSIDE = frozenset({"DatabaseError", "OperationalError", "InterfaceError", "DiskFull"})
"""Names of drivers' errors that are no fault of a statement of ours; SQLITE_ERROR is one all the same."""
AWAY = ("08", "53", "57P", "55P03", "25P03")
"""Beginnings of PostgreSQL's SQLSTATE: no connection, no resources, the server shuts down or starts, and our limits
on waiting (limits.py)."""


@dataclass(frozen=True)
class Trouble:
    """Why the database cannot do its work at present: `reason` and `advice` are for the operator."""

    status: HTTPStatus
    reason: str
    advice: str

    @property
    def told(self) -> str:
        """The same for the asker, who cannot mend it."""
        why = "has no room" if self.status == HTTPStatus.INSUFFICIENT_STORAGE else "cannot do its work at present"
        return f"The database of this service {why}; nothing was stored. Try again later."


def trouble_of(error: Exception) -> Trouble | None:
    """What is wrong outside this program, or None where the failure is its own fault."""
    orig: object = error.orig if isinstance(error, DatabaseError) else error
    code = _code(orig)
    outside = type(orig).__name__ in OUTSIDE or code.startswith(AWAY)
    if not outside or code == "SQLITE_ERROR":
        return None
    status = HTTPStatus.INSUFFICIENT_STORAGE if code in FULL else HTTPStatus.SERVICE_UNAVAILABLE
    reason = str(orig) if isinstance(orig, sqlite3.Error) else type(orig).__name__
    return Trouble(status, reason, ADVICE.get(code, ELSE_ADVICE))


def _code(orig: object) -> str:
    """PostgreSQL's SQLSTATE, or the primary code of SQLite's: SQLITE_IOERR of SQLITE_IOERR_WRITE."""
    name = getattr(orig, "sqlite_errorname", None) or getattr(orig, "sqlstate", None) or ""
    return "_".join(str(name).split("_")[:2])
