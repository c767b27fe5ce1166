"""What a detector does to its database into two numbers that it shares with the test which may kill it."""

from __future__ import annotations

import threading
from collections.abc import MutableSequence

from sqlalchemy import Connection, Engine, event

Tally = MutableSequence[int]
"""Changes in the write transaction that is open, and how many write transactions came to their end."""


def tell_transactions(tally: Tally) -> None:
    """Counts what the main thread does to the database; what the delivering thread does is no work of a slice."""

    def counts(connection: Connection) -> bool:
        on_main = threading.current_thread() is threading.main_thread()
        return on_main and not connection.get_execution_options().get("reads_only", False)

    def changed(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if counts(connection) and statement.startswith(("INSERT", "UPDATE", "DELETE")):
            tally[0] += 1

    def ended(connection: Connection) -> None:
        if counts(connection):
            tally[0] = 0

    def committing(connection: Connection) -> None:
        ended(connection)
        tally[1] += counts(connection)

    event.listen(Engine, "after_cursor_execute", changed)
    event.listen(Engine, "commit", committing)
    event.listen(Engine, "rollback", ended)
