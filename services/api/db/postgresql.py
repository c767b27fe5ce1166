"""What holds for PostgreSQL alone: how long anybody waits for a lock."""

from __future__ import annotations

from sqlalchemy import URL, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection

LOCK_SECONDS = 15
"""As long as SQLite waits (`sqlite.BUSY_SECONDS`): who holds a row that everybody needs is then told of, by 503."""


def is_postgresql(url: URL) -> bool:
    """Whether the address is that of a PostgreSQL server."""
    return url.get_backend_name() == "postgresql"


def bound(engine: Engine) -> None:
    """Has each connection give up a lock after so long; by a statement, which a pooler passes on."""
    event.listen(engine, "connect", _limit)


def limit() -> str:
    """The statement that does so, for the rest of a connection."""
    return f"SELECT set_config('lock_timeout', '{LOCK_SECONDS}s', false)"


def _limit(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(limit())
    cursor.close()
    connection.commit()
