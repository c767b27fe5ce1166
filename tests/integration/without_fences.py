"""`doelbinding` whose detectors store although another has claimed what they hold: tests must see that it fails."""

from __future__ import annotations

from sqlalchemy import Connection, update

from services import cli
from services.detector.state import readings, store
from services.detector.state.fences import Reached
from services.detector.state.schema import OWNER, PARTITIONS


def any_owner(connection: Connection, _epoch: int, _commits: int) -> None:
    """Counts the commit of whoever makes it."""
    connection.execute(update(OWNER).values(commits=OWNER.c.commits + 1))


def any_reader(connection: Connection, partition: str, _before: Reached, after: Reached) -> None:
    """Moves the partition to where this reader is, whoever else has read it since."""
    mine = update(PARTITIONS).where(PARTITIONS.c.source == partition)
    connection.execute(mine.values(next=after.next, arrived=after.arrived))


if __name__ == "__main__":
    store.pass_as_owner, readings.pass_as_reader = any_owner, any_reader
    cli.main()
