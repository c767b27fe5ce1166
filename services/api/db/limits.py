"""How long PostgreSQL lets one of our connections wait for a lock, and stand still in a transaction."""

from __future__ import annotations

from sqlalchemy.engine.interfaces import DBAPIConnection

LOCK_MS = 15_000
"""As long as a SQLite file is waited for; a transaction of ours takes milliseconds, its wait for others some more."""
STAND_STILL_MS = 60_000
"""The server ends a transaction whose process stood still for so long: what it had locked is another's to take.

Twice what one send to a broker may take, for which a turn is held (publishing/turns.py).
"""


def set_limits() -> str:
    """The statement that sets them for the rest of a connection."""
    limits = {"lock_timeout": LOCK_MS, "idle_in_transaction_session_timeout": STAND_STILL_MS}
    return "SELECT " + ", ".join(f"set_config('{name}', '{limit}', false)" for name, limit in limits.items())


def limit(connection: DBAPIConnection, _entry: object) -> None:
    """Sets them on a new connection of an engine."""
    cursor = connection.cursor()
    cursor.execute(set_limits())
    cursor.close()
    connection.commit()
