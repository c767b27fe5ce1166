"""`doelbinding` without the owner's fence: who was overtaken goes on as if it still owned the engine.

The epoch is not asked; nor are the two things that would stop it all the same, the count of what it takes and the keys
of what it writes.

Run as `python -m tests.integration.unfenced ...` with the arguments of `doelbinding`.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, delete, update

from services.cli import main
from services.detector.state import store
from services.detector.state.checkpoint import Changes, write_tables, write_values
from services.detector.state.schema import ARRIVALS, OWNER, TAKEN


def pass_anyway(connection: Connection, _epoch: int, _commits: int) -> None:
    """Counts a commit, whoever makes it."""
    connection.execute(update(OWNER).values(commits=OWNER.c.commits + 1))


def take_unseen(connection: Connection, _before: Mapping[str, int], taken: Mapping[str, int]) -> None:
    """Takes what is still there, and does not look whether that is what it had in hand."""
    for source, number in taken.items():
        connection.execute(delete(ARRIVALS).where(ARRIVALS.c.source == source, ARRIVALS.c.number <= number))
    write_values(connection, TAKEN, taken)


def write_over(connection: Connection, made: Changes) -> None:
    """Writes its blobs whoever wrote there meanwhile."""
    ours = [{"old_name": blob["name"], "old_bucket": blob["bucket"]} for blob in made.blobs]
    write_tables(connection, Changes(made.outdated + ours, made.blobs))


if __name__ == "__main__":
    store.pass_as_owner = pass_anyway
    store.take = take_unseen
    store.write_tables = write_over
    main()
