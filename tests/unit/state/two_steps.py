"""Readers and owners over one database, any of which may die at any statement, lose its claim, or come back late."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

import polars as pl
from sqlalchemy import Engine, event, select
from sqlalchemy.engine import URL

from services.core.clock import SystemClock
from services.core.keyring import new_key_ring
from services.detector.encode import LOOKUPS
from services.detector.state import schema
from services.detector.state.arrivals import Arrival
from services.detector.state.connection import open_engine, reading, writing
from services.detector.state.fences import Fenced, Reached
from services.detector.state.readings import Readings
from services.detector.state.schema import METADATA, OWNER
from services.detector.state.store import Commit, Store
from services.detector.state.taking import read_taken
from tests.unit.state.samples import START, dead

RING = new_key_ring()
PARTITIONS = ("lookups/0", "lookups/1")
RECORDS = 40
"""In each partition."""
POISON = frozenset({2, 6, 25})
"""Records that cannot be read and become dead letters."""
EXPECTED = [record for record in range(RECORDS) if record not in POISON]
SEEN = {"partition": pl.String(), "place": pl.Int64(), "record": pl.Int64()}
MOST = 5
"""The largest size of a step; to own the engine at that size is to own it for long, else another may at once."""
LONG = 1_000.0
NAMES = itertools.count()


class Killed(BaseException):
    """The process ends here; the database undoes what it had not committed."""


@dataclass(frozen=True)
class Step:
    """One act of one process; `killed_at` counts statements and commits (0: it lives, 9: after it was done)."""

    act: str
    process: int
    partition: int = 0
    size: int = 1
    killed_at: int = 0


class UnfencedReadings(Readings):
    """Believes that whatever claim stands now is its own."""

    def arrive(self, partition: str, arrival: Arrival) -> None:
        with reading(self._engine) as connection:
            row = connection.execute(select(schema.PARTITIONS).where(schema.PARTITIONS.c.source == partition)).one()
        self._reached[partition] = Reached(row.epoch, row.next, row.arrived)
        super().arrive(partition, arrival)


class UnfencedStore(Store):
    """Believes that it owns the engine whoever does."""

    def commit(self, commit: Commit) -> None:
        with reading(self._engine) as connection:
            self._epoch, self._commits = connection.execute(select(OWNER.c.epoch, OWNER.c.commits)).one()
            self._taken = read_taken(connection)
        super().commit(commit)


@dataclass(frozen=True)
class Fences:
    """Which of the two steps are fenced."""

    readings: type[Readings] = Readings
    store: type[Store] = Store


FENCED = Fences()


class Mortal:
    """Kills a process at the chosen statement of an act."""

    def __init__(self, engine: Engine) -> None:
        self._left = 0
        event.listen(engine, "before_cursor_execute", lambda *_: self._tick())
        event.listen(engine, "commit", lambda *_: self._tick())

    def act(self, killed_at: int, act: Callable[[], None]) -> None:
        self._left = killed_at
        act()
        if killed_at:
            raise Killed

    def _tick(self) -> None:
        self._left -= 1
        if self._left == 0:
            raise Killed


class Reader:
    """A detector that reads: what it claimed, and how far it believes to be."""

    def __init__(self, url: URL, kind: type[Readings]) -> None:
        self.readings = kind(url, RING, SystemClock())
        self.mortal = Mortal(self.readings._engine)
        self.at: dict[str, int] = {}

    def claim(self, partition: str) -> None:
        self.at[partition] = self.readings.claim(partition).next or 0

    def read(self, partition: str, size: int) -> None:
        at = self.at.get(partition, RECORDS)
        records = range(at, min(at + size, RECORDS))
        if not records:
            return
        good = [record for record in records if record not in POISON]
        bad = dead(*(f"{partition}: {record}" for record in records if record in POISON))
        try:
            self.readings.arrive(partition, Arrival(records[-1] + 1, lookups_of(good), dead=bad))
        except Fenced:
            del self.at[partition]
        else:
            self.at[partition] = records[-1] + 1


class Owner:
    """A detector that decides: here, that writes down what came in which order."""

    def __init__(self, url: URL, kind: type[Store]) -> None:
        self.store = kind(url, SystemClock())
        self.name = f"owner-{next(NAMES)}"
        self.mortal = Mortal(self.store._engine)
        self.seen: dict[str, list[int]] | None = None
        self.epoch = 0

    def own(self, seconds: float) -> None:
        epoch = self.store.take_lease(self.name, seconds)
        if epoch is not None and (epoch != self.epoch or self.seen is None):
            self.load(epoch)

    def load(self, epoch: int) -> None:
        table = self.store.load().tables.get("seen", pl.DataFrame(schema=SEEN)).sort("place")
        self.seen = {name: table.filter(partition=name)["record"].to_list() for name in PARTITIONS}
        self.epoch = epoch

    def release(self) -> None:
        self.store.release_lease()
        self.seen = None

    def take(self, most_rows: int) -> int:
        if self.seen is None:
            return 0
        arrived = self.store.arrivals(most_rows, RING)
        seen = {name: list(records) for name, records in self.seen.items()}
        for one in arrived:
            seen[one.partition] += one.lookups["employee"].to_list()
        try:
            self.store.commit(Commit({"seen": table_of(seen)}, taken={one.partition: one.number for one in arrived}))
        except Fenced:
            self.seen = None
        else:
            self.seen = seen
        return len(arrived)


@dataclass
class Detectors:
    """Two readers and two owners; a process that dies is started again without its memory."""

    url: URL
    fences: Fences
    readers: list[Reader] = field(default_factory=list)
    owners: list[Owner] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.readers = [self.a_reader() for _ in range(2)]
        self.owners = [self.an_owner() for _ in range(2)]

    def a_reader(self) -> Reader:
        return Reader(self.url, self.fences.readings)

    def an_owner(self) -> Owner:
        return Owner(self.url, self.fences.store)

    def run(self, steps: list[Step]) -> None:
        for step in steps:
            if step.act in {"claim", "read"}:
                self._read(step)
            else:
                self._own(step)

    def _read(self, step: Step) -> None:
        reader, partition = self.readers[step.process], PARTITIONS[step.partition]
        acts = {"claim": lambda: reader.claim(partition), "read": lambda: reader.read(partition, step.size)}
        try:
            reader.mortal.act(step.killed_at, acts[step.act])
        except Killed:
            reader.readings.close()
            self.readers[step.process] = self.a_reader()

    def _own(self, step: Step) -> None:
        owner = self.owners[step.process]
        acts: dict[str, Callable[[], object]] = {
            "own": lambda: owner.own(LONG if step.size == MOST else 0.0),
            "take": lambda: owner.take(step.size),
            "release": owner.release,
        }
        try:
            owner.mortal.act(step.killed_at, acts[step.act])
        except Killed:
            owner.store.close()
            self.owners[step.process] = self.an_owner()

    def finish(self) -> tuple[dict[str, list[int]], list[str]]:
        """What was taken of each partition in its order, and the dead letters, once all was read and taken."""
        reader, owner = self.a_reader(), self.an_owner()
        self.readers.append(reader)
        self.owners.append(owner)
        for partition in PARTITIONS:
            reader.claim(partition)
            reader.read(partition, RECORDS)
        owner.load(owner.store.claim())
        while owner.take(1):
            pass
        letters = sorted(owner.store.dead_letters()["position"].to_list())
        return owner.seen or {}, letters

    def close(self) -> None:
        for reader in self.readers:
            reader.readings.close()
        for owner in self.owners:
            owner.store.close()


def outcome(url: URL, steps: list[Step], fences: Fences = FENCED) -> tuple[dict[str, list[int]], list[str]]:
    """What an empty database holds in the end, after these steps."""
    empty(url)
    with closing(Detectors(url, fences)) as detectors:
        detectors.run(steps)
        return detectors.finish()


def right() -> tuple[dict[str, list[int]], list[str]]:
    """Every record once and in order, every dead letter once."""
    letters = sorted(f"{partition}: {record}" for partition in PARTITIONS for record in POISON)
    return dict.fromkeys(PARTITIONS, EXPECTED), letters


def empty(url: URL) -> None:
    engine = open_engine(url)
    with writing(engine) as connection:
        for table in METADATA.sorted_tables:
            if table is not OWNER:
                connection.execute(table.delete())
        connection.execute(OWNER.update().values(epoch=0, commits=0, holder=None, until_us=None))
    engine.dispose()


def lookups_of(records: list[int]) -> pl.DataFrame:
    rows = [{"lookup_id": f"l-{record}", "at": START, "employee": record} for record in records]
    return pl.DataFrame(rows, schema=LOOKUPS)


def table_of(seen: dict[str, list[int]]) -> pl.DataFrame:
    rows = [(name, place, record) for name, records in seen.items() for place, record in enumerate(records)]
    return pl.DataFrame(rows, schema=SEEN, orient="row")
