"""What holds for PostgreSQL alone: how long anybody waits for a lock."""

from __future__ import annotations

from sqlalchemy import URL

LOCK_SECONDS = 15
"""As long as SQLite waits (`sqlite.BUSY_SECONDS`): who holds a row that everybody needs is then told of, by 503."""


def is_postgresql(url: URL) -> bool:
    """Whether the address is that of a PostgreSQL server."""
    return url.get_backend_name() == "postgresql"


def bounded(url: URL) -> URL:
    """The same address, each of whose connections gives up a lock after so long; what it sets itself comes last."""
    own = url.query.get("options", ())
    options = [f"-c lock_timeout={LOCK_SECONDS}s", *((own,) if isinstance(own, str) else own)]
    return url.update_query_dict({"options": " ".join(options)})
