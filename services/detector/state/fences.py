"""A claim's epoch into leave to store, or into the word that another has it now."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, update

from services.core.errors import DoelbindingError
from services.detector.poison import Poison
from services.detector.state.schema import OWNER, PARTITIONS

TAKEN_OVER = (
    "another detector took over this store, so this one stops and stores nothing more; "
    "run one detector per store, and start it again: it goes on from the stored positions"
)


class Fenced(DoelbindingError):  # noqa: N818 - it names what happened, and the remedy is not a retry
    """Another detector claimed the store or the partition; what this one holds of it in memory is void."""


@dataclass(frozen=True)
class Reached:
    """How far a partition was read under one claim: the position to read on from, and the number of its last arrival.

    `next` is None where nothing was read yet; `behind` tells whether the partition is known to hold more, `poison`
    what of its last records could not be read.
    """

    epoch: int
    next: int | None
    arrived: int
    behind: bool = True
    poison: Poison = field(default_factory=Poison)


def pass_as_owner(connection: Connection, epoch: int, commits: int) -> None:
    """Locks the owner's row and counts one more commit.

    Raises Fenced where the epoch or the count of commits is another than was loaded.
    """
    mine = update(OWNER).where(OWNER.c.epoch == epoch, OWNER.c.commits == commits).values(commits=commits + 1)
    if connection.execute(mine).rowcount != 1:
        raise Fenced(TAKEN_OVER)


def pass_as_reader(
    connection: Connection, partition: str, before: Reached, after: Reached, now_us: ColumnElement[int]
) -> None:
    """Locks the partition's row and moves it from where its reader left it, at this moment.

    Raises Fenced where it stands elsewhere.
    """
    mine = update(PARTITIONS).where(
        PARTITIONS.c.source == partition,
        PARTITIONS.c.epoch == before.epoch,
        PARTITIONS.c.next.is_not_distinct_from(before.next),
        PARTITIONS.c.arrived == before.arrived,
    )
    values = {
        "next": after.next,
        "arrived": after.arrived,
        "behind": after.behind,
        "seen": after.poison.seen,
        "dead": after.poison.dead,
        "poison_since_us": after.poison.since_us,
        "told_us": now_us,
    }
    if connection.execute(mine.values(values)).rowcount != 1:
        raise Fenced(
            f"{partition}: another detector reads this partition now, or what failed here before was stored after all; "
            "it must be claimed anew, and read from where that says"
        )
