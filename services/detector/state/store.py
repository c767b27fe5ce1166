"""What a step of the detector changed into one transaction, and the last transaction back into a start."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl
from sqlalchemy import BigInteger, ColumnElement, cast, func, select, update
from sqlalchemy.engine import URL

from services.core.archive import Wanted
from services.core.clock import Clock
from services.core.errors import DoelbindingError
from services.core.keyring import FIRST_VERSION, KeyRing
from services.detector.sealing import Sealed
from services.detector.state import archive, lease
from services.detector.state.again import MarkedLetter, forget, marked
from services.detector.state.arrivals import Arrived, Bodies
from services.detector.state.blobs import Digest
from services.detector.state.checkpoint import BucketKey, Digests, changes, read_tables, write_tables, write_values
from services.detector.state.connection import BUSY_TIMEOUT_MS, open_engine, reading, writing
from services.detector.state.fences import TAKEN_OVER, Fenced, pass_as_owner
from services.detector.state.identities import Identities, keep_identities
from services.detector.state.letters import OF_NO_PARTITION, bury, read_letters
from services.detector.state.outbox import Outbox, enqueue, microseconds
from services.detector.state.schema import ARCHIVE, META, OWNER, POSITIONS, STATE
from services.detector.state.taking import Waiting, next_arrivals, read_behind, read_taken, read_waiting, take
from services.detector.state.untold import Untold

NOBODY = 0
"""The epoch of a store that no detector has claimed yet, and of a detector that has claimed none."""


@dataclass(frozen=True)
class Snapshot:
    """Everything a detector needs to go on where the last commit ended."""

    tables: dict[str, pl.DataFrame]
    positions: dict[str, int]
    epoch: int
    meta: dict[str, str]
    taken: dict[str, int]
    """Per partition the number of the last arrival that was taken."""


@dataclass(frozen=True)
class Commit:
    """What one transaction stores.

    `tables` is the whole state: a table, or a bucket of it, that is absent or empty is deleted. `positions` and
    `meta` hold what changed. `revisions` has the columns of contract SIGNAL and `evidence`, `dead` those of
    DEAD_LETTER, `lookups` the encoded lookups of the slice, under keys of `key_version`. `partition` is the source
    partition that the dead letters' positions belong to. `taken` tells per partition up to which arrival this is the
    outcome of, `again` names the dead letters that were taken again in this slice.
    """

    tables: Mapping[str, pl.DataFrame]
    positions: Mapping[str, int] = field(default_factory=dict)
    revisions: pl.DataFrame = field(default_factory=pl.DataFrame)
    dead: pl.DataFrame = field(default_factory=pl.DataFrame)
    partition: str = ""
    lookups: pl.DataFrame = field(default_factory=pl.DataFrame)
    meta: Mapping[str, str] = field(default_factory=dict)
    taken: Mapping[str, int] = field(default_factory=dict)
    again: Sequence[int] = ()
    key_version: int = FIRST_VERSION
    identities: Sealed = field(default_factory=Sealed)
    """Whom the lookups name, sealed."""


@dataclass(frozen=True)
class Sizes:
    """How large the stored state is: rows per table, and bytes of state and archive together."""

    rows: dict[str, int]
    bytes: int


class Store:
    """The engine's side of the detector's database. Order of use: `claim` or `take_lease`, `load`, then a `commit` per
    slice, from one thread.

    `outbox`, `untold`, `identities`, `archive`, `sizes`, `dead_letters`, `renew_lease` may be used from other threads
    meanwhile. Every method raises StoreUnavailable where the database is locked, full, read-only or away; the same call
    may then be tried again.
    """

    def __init__(
        self, url: str | URL, clock: Clock, busy_timeout_ms: int = BUSY_TIMEOUT_MS, *, letters_to_tell: bool = False
    ) -> None:
        """With `letters_to_tell`, new dead letters are marked for the topic of dead letters."""
        self._engine = open_engine(url, busy_timeout_ms)
        self._clock = clock
        self._letters_to_tell = letters_to_tell
        self._epoch = NOBODY
        self._holder = ""
        self._taken: dict[str, int] = {}
        self._commits: int | None = None
        self._stored: dict[BucketKey, Digest] = {}
        self._digests = Digests()
        self.outbox = Outbox(self._engine, clock)
        self.untold = Untold(self._engine)
        self.identities = Identities(self._engine)

    def claim(self) -> int:
        """Makes this detector the owner whoever has the lease, and every earlier one unable to commit; the epoch."""
        with writing(self._engine) as connection:
            mine = update(OWNER).values(epoch=OWNER.c.epoch + 1, holder=None, until_us=None)
            epoch = connection.execute(mine.returning(OWNER.c.epoch)).scalar_one()
        return self._owns("", epoch)

    def take_lease(self, holder: str, seconds: float) -> int | None:
        """Makes this detector the owner for so long; the epoch, or None while another has the lease.

        `holder` names the process, and no other that may be alive. Who has the lease already keeps it and its epoch;
        in every other case the epoch is new, earlier owners are unable to commit, and `load` must come before the
        first commit.
        """
        with writing(self._engine) as connection:
            epoch = lease.take(connection, self._clock, holder, seconds, self._epoch)
        return None if epoch is None else self._owns(holder, epoch)

    def renew_lease(self, seconds: float) -> bool:
        """Whether the lease is still this detector's, now for so long from this moment."""
        with writing(self._engine) as connection:
            return lease.renew(connection, self._clock, self._holder, seconds, self._epoch)

    def release_lease(self) -> None:
        """Lets another take the lease at once; nothing can be committed any more until it is taken again."""
        with writing(self._engine) as connection:
            lease.release(connection, self._holder, self._epoch)
        self._epoch, self._commits = NOBODY, None

    def load(self) -> Snapshot:
        """The state as of the last commit, in one consistent view; state tables have their rows in no fixed order.

        Raises Fenced where this detector owned the store and another does now; who never owned it may load it too.
        """
        with reading(self._engine) as connection:
            epoch, commits = connection.execute(select(OWNER.c.epoch, OWNER.c.commits)).one()
            if self._epoch not in {NOBODY, epoch}:
                raise Fenced(TAKEN_OVER)
            tables = read_tables(connection)
            positions = {row.source: row.next for row in connection.execute(select(POSITIONS))}
            meta = {row.key: row.value for row in connection.execute(select(META))}
            taken = read_taken(connection)
        if epoch == self._epoch:
            self._commits = commits
            self._stored = self._digests.of(tables)
            self._taken = dict(taken)
        return Snapshot(tables, positions, epoch, meta, taken)

    def arrivals(self, most_rows: int, ring: KeyRing) -> list[Arrived]:
        """The next arrivals, at most so many lookups together beyond the first arrival; nothing of it is taken yet.

        Partitions take turns; those of one partition come in the order in which they were read, the first being the
        one after the last that a commit took. Raises DoelbindingError for arrivals of another key ring or version.
        """
        with reading(self._engine) as connection:
            return next_arrivals(connection, Bodies(ring), most_rows)

    def waiting(self, topic: str) -> Waiting:
        """What waits for the engine, where `topic` is read."""
        with reading(self._engine) as connection:
            return read_waiting(connection, self._clock, topic)

    def behind(self, taken: Mapping[str, int], topic: str) -> frozenset[str]:
        """The partitions of which more is to come than these arrivals, by number: read later, or waiting already.

        What is read later is of `topic`, or of one that another detector still reads (STILL_READ_SECONDS).
        """
        with reading(self._engine) as connection:
            return read_behind(connection, self._clock, topic, taken)

    def commit(self, commit: Commit) -> pl.DataFrame:
        """Stores all of it or nothing; which of the dead letters were not there before (DEAD_LETTER).

        Only buckets whose rows differ from the last commit are rewritten.

        Raises Fenced if another detector claimed the store since, or if the last commit that failed here was stored
        after all; either way the remedy is to start again with `claim` and `load`.
        """
        if self._commits is None:
            raise DoelbindingError("the store was not claimed and loaded, in this order, before the first commit")
        fresh = self._digests.of(commit.tables)
        made = changes(commit.tables, self._stored, fresh)
        now = self._clock.now()
        with writing(self._engine) as connection:
            pass_as_owner(connection, self._epoch, self._commits)
            take(connection, self._taken, commit.taken)
            write_tables(connection, made)
            write_values(connection, POSITIONS, commit.positions)
            write_values(connection, META, commit.meta)
            enqueue(connection, commit.revisions, now)
            forget(connection, commit.again)
            new = bury(connection, commit.dead, commit.partition, microseconds(now), to_tell=self._letters_to_tell)
            archive.append(connection, commit.lookups, commit.key_version)
            keep_identities(connection, commit.identities)
        self._commits += 1
        self._stored = fresh
        self._taken.update(commit.taken)
        return new

    def bury(self, dead: pl.DataFrame) -> pl.DataFrame:
        """Stores dead letters of registers (DEAD_LETTER) by themselves; which of them were not there before.

        Not fenced: who was taken over and does not know it yet read the same rows as its successor.
        """
        with writing(self._engine) as connection:
            now_us = microseconds(self._clock.now())
            return bury(connection, dead, OF_NO_PARTITION, now_us, to_tell=self._letters_to_tell)

    def archive(self, wanted: Wanted) -> pl.DataFrame:
        """Archived lookups that are asked for, in no particular order; columns are at least those of ARCHIVED."""
        with reading(self._engine) as connection:
            return archive.read(connection, wanted)

    def dead_letters(self) -> pl.DataFrame:
        """All dead letters, oldest first, as contract DEAD_LETTER."""
        with reading(self._engine) as connection:
            return read_letters(connection)

    def letters_again(self, but: Collection[int] = ()) -> list[MarkedLetter]:
        """The next dead letters of one partition that are to be taken again, without those of `but`."""
        with reading(self._engine) as connection:
            return marked(connection, but)

    def sizes(self) -> Sizes:
        """Rows per state table, and the bytes of all blobs."""
        per_table = select(STATE.c.name, _sum(STATE.c.rows), _sum(func.length(STATE.c.body)))
        with reading(self._engine) as connection:
            state = connection.execute(per_table.group_by(STATE.c.name)).all()
            archived = connection.execute(select(_sum(func.length(ARCHIVE.c.body)))).scalar_one()
        return Sizes({name: rows for name, rows, _ in state}, archived + sum(size for _, _, size in state))

    def close(self) -> None:
        """Gives back the connections."""
        self._engine.dispose()

    def _owns(self, holder: str, epoch: int) -> int:
        if (holder, epoch) != (self._holder, self._epoch):
            self._commits = None
        self._holder, self._epoch = holder, epoch
        return epoch


def _sum(numbers: ColumnElement[int]) -> ColumnElement[int]:
    """PostgreSQL sums big integers into decimals, and nothing into null."""
    return cast(func.coalesce(func.sum(numbers), 0), BigInteger)
