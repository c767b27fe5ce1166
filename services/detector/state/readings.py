"""What was read of a partition into arrivals for the engine, dead letters and the position to read on from."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, insert, or_, select, true, update
from sqlalchemy.engine import URL

from services.core.clock import Clock
from services.core.errors import DoelbindingError
from services.core.keyring import KeyRing
from services.detector.poison import Poison
from services.detector.state.arrivals import Arrival, Bodies
from services.detector.state.connection import BUSY_TIMEOUT_MS, insert_new, open_engine, reading, writing
from services.detector.state.fences import Fenced, Reached, pass_as_reader
from services.detector.state.identities import keep_identities
from services.detector.state.lease import database_now
from services.detector.state.letters import bury
from services.detector.state.outbox import microseconds
from services.detector.state.schema import ARRIVALS, PARTITIONS
from services.detector.state.taking import waiting_rows


@dataclass(frozen=True)
class Claimed:
    """A partition that is this reader's: under which epoch, and from where to read on (None: from its beginning).

    `poison` tells what of its last records could not be read.
    """

    epoch: int
    next: int | None
    poison: Poison = field(default_factory=Poison)


class Readings:
    """One reader's side of the detector's database. Order of use, per partition: `claim`, then an `arrive` per piece.

    Every method raises StoreUnavailable where the database is locked, full, read-only or away; the same call may then
    be tried again. One thread at a time per partition.
    """

    def __init__(
        self,
        url: str | URL,
        ring: KeyRing,
        clock: Clock,
        busy_timeout_ms: int = BUSY_TIMEOUT_MS,
        *,
        letters_to_tell: bool = False,
    ) -> None:
        """With `letters_to_tell`, new dead letters are marked for the topic of dead letters."""
        self._letters_to_tell = letters_to_tell
        self._engine = open_engine(url, busy_timeout_ms)
        self._bodies = Bodies(ring)
        self._clock = clock
        self._reached: dict[str, Reached] = {}

    def expect(self, partitions: Iterable[str]) -> None:
        """Makes known what will be read, by this reader or another: until then it holds back what depends on it."""
        with writing(self._engine) as connection:
            names = sorted(partitions)
            connection.execute(insert_new(connection, PARTITIONS), [_new(name) for name in names])
            told = update(PARTITIONS).where(PARTITIONS.c.source.in_(names))
            connection.execute(told.values(told_us=database_now(connection, self._clock)))

    def claim(self, partition: str, topic_id: str | None = None) -> Claimed:
        """Makes this reader the one that stores what is read of the partition, and every earlier one unable to.

        `topic_id` tells the topic from another of its name, where the broker does. Raises DoelbindingError where what
        is stored was read of another one.
        """
        mine = update(PARTITIONS).where(PARTITIONS.c.source == partition, _is_of(topic_id))
        with writing(self._engine) as connection:
            connection.execute(insert_new(connection, PARTITIONS), [_new(partition)])
            mine = mine.values(
                epoch=PARTITIONS.c.epoch + 1,
                behind=True,
                topic_id=topic_id or PARTITIONS.c.topic_id,
                told_us=database_now(connection, self._clock),
            )
            columns = (PARTITIONS.c[name] for name in ("epoch", "next", "arrived", "seen", "dead", "poison_since_us"))
            found = connection.execute(mine.returning(*columns)).one_or_none()
        if found is None:
            raise DoelbindingError(made_anew(partition))
        poison = Poison(found.seen, found.dead, found.poison_since_us)
        self._reached[partition] = Reached(found.epoch, found.next, found.arrived, poison=poison)
        return Claimed(found.epoch, found.next, poison)

    def arrive(self, partition: str, arrival: Arrival) -> None:
        """Stores what was read, all of it or nothing; dead letters alone make no arrival.

        Raises Fenced if another reader claimed the partition since, or if the last call that failed here was stored
        after all; either way the remedy is to claim it again and to read on from where that says.
        """
        before = self._reached.get(partition)
        if before is None:
            raise DoelbindingError(f"{partition}: was not claimed before something of it was to be stored")
        after = replace(
            before,
            next=arrival.next,
            arrived=before.arrived + arrival.concerns_engine,
            behind=arrival.behind,
            poison=arrival.poison or before.poison,
        )
        now_us = microseconds(self._clock.now())
        row = self._row(partition, after.arrived, arrival, now_us) if arrival.concerns_engine else None
        try:
            with writing(self._engine) as connection:
                pass_as_reader(connection, partition, before, after, database_now(connection, self._clock))
                if row:
                    connection.execute(insert(ARRIVALS), [row])
                bury(connection, arrival.dead, partition, now_us, to_tell=self._letters_to_tell)
                keep_identities(connection, arrival.identities)
        except Fenced:
            del self._reached[partition]
            raise
        self._reached[partition] = after

    def reached(self, partitions: Collection[str]) -> dict[str, int]:
        """The next offset of each of these partitions of which something was read, whoever reads it."""
        with reading(self._engine) as connection:
            found = select(PARTITIONS.c.source, PARTITIONS.c.next).where(PARTITIONS.c.source.in_(partitions))
            return {row.source: row.next for row in connection.execute(found.where(PARTITIONS.c.next.is_not(None)))}

    def waiting(self, partition: str) -> int:
        """How many lookups of the partition wait for the engine."""
        with reading(self._engine) as connection:
            return waiting_rows(connection, partition)

    def close(self) -> None:
        """Gives back the connections."""
        self._engine.dispose()

    def _row(self, partition: str, number: int, arrival: Arrival, now_us: int) -> dict[str, object]:
        return {
            "source": partition,
            "number": number,
            "rows": arrival.lookups.height,
            "body": self._bodies.close(arrival, partition, number),
            "committed_us": now_us,
        }


def made_anew(partition: str) -> str:
    """What is to be done where a topic is not the one that was read."""
    return (
        f"partition {partition}: the topic was made anew since it was read: what is stored belongs to another topic of "
        "this name, and its offsets mean nothing here; read the new one under another topic name"
    )


def _is_of(topic_id: str | None) -> ColumnElement[bool]:
    """Whether what was read, if anything, can be of this topic."""
    if topic_id is None:
        return true()
    return or_(PARTITIONS.c.next.is_(None), PARTITIONS.c.topic_id.is_(None), PARTITIONS.c.topic_id == topic_id)


def _new(partition: str) -> dict[str, object]:
    """Numbers of arrivals begin at 1."""
    return {"source": partition, "epoch": 0, "next": None, "arrived": 0, "behind": True}
