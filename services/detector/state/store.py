"""What a step of the detector changed into one transaction, and the last transaction back into a start."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl
from sqlalchemy import Connection, func, select, update
from sqlalchemy.engine import URL

from services.core.clock import Clock
from services.core.contract import DEAD_LETTER
from services.core.errors import DoelbindingError
from services.detector.state import archive
from services.detector.state.again import MarkedLetter, forget, marked
from services.detector.state.blobs import Digest
from services.detector.state.checkpoint import BucketKey, changes, digests_of, read_tables, write_tables, write_values
from services.detector.state.connection import BUSY_TIMEOUT_MS, insert_new, open_engine, reading, writing
from services.detector.state.outbox import Outbox, enqueue, microseconds
from services.detector.state.schema import ARCHIVE, DEAD_LETTERS, META, OWNER, POSITIONS, STATE


class Fenced(DoelbindingError):  # noqa: N818 - it names what happened, and the remedy is not a retry
    """Another detector claimed the store; this one must stop, and what it holds in memory is void."""


@dataclass(frozen=True)
class Snapshot:
    """Everything a detector needs to go on where the last commit ended."""

    tables: dict[str, pl.DataFrame]
    positions: dict[str, int]
    epoch: int
    meta: dict[str, str]


@dataclass(frozen=True)
class Commit:
    """What one transaction stores.

    `tables` is the whole state: a table, or a bucket of it, that is absent or empty is deleted. `positions` and
    `meta` hold what changed. `revisions` has the columns of contract SIGNAL and `evidence`, `dead` those of
    DEAD_LETTER, `lookups` the encoded lookups of the slice (time column `at`). `partition` is the source partition
    that the dead letters' positions belong to. `again` names the dead letters that were taken again in this slice.
    """

    tables: Mapping[str, pl.DataFrame]
    positions: Mapping[str, int] = field(default_factory=dict)
    revisions: pl.DataFrame = field(default_factory=pl.DataFrame)
    dead: pl.DataFrame = field(default_factory=pl.DataFrame)
    partition: str = ""
    lookups: pl.DataFrame = field(default_factory=pl.DataFrame)
    meta: Mapping[str, str] = field(default_factory=dict)
    again: Sequence[int] = ()


@dataclass(frozen=True)
class Sizes:
    """How large the stored state is: rows per table, and bytes of state and archive together."""

    rows: dict[str, int]
    bytes: int


class Store:
    """The detector's database. Order of use: `claim`, `load`, then a `commit` per slice, from one thread.

    `outbox`, `archive`, `sizes` and `dead_letters` may be used from other threads meanwhile. Every method raises
    StoreUnavailable where the database is locked, full, read-only or away; the same call may then be tried again.
    """

    def __init__(self, url: str | URL, clock: Clock, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> None:
        self._engine = open_engine(url, busy_timeout_ms)
        self._clock = clock
        self._epoch = 0
        self._commits: int | None = None
        self._stored: dict[BucketKey, Digest] = {}
        self.outbox = Outbox(self._engine, clock)

    def claim(self) -> int:
        """Makes this detector the owner, and every earlier one unable to commit; the new epoch."""
        with writing(self._engine) as connection:
            taken = update(OWNER).values(epoch=OWNER.c.epoch + 1).returning(OWNER.c.epoch)
            self._epoch = connection.execute(taken).scalar_one()
        self._commits = None
        return self._epoch

    def load(self) -> Snapshot:
        """The state as of the last commit, in one consistent view; state tables have their rows in no fixed order."""
        with reading(self._engine) as connection:
            epoch, commits = connection.execute(select(OWNER.c.epoch, OWNER.c.commits)).one()
            tables = read_tables(connection)
            positions = {row.source: row.next for row in connection.execute(select(POSITIONS))}
            meta = {row.key: row.value for row in connection.execute(select(META))}
        if epoch == self._epoch:
            self._commits = commits
            self._stored = digests_of(tables)
        return Snapshot(tables, positions, epoch, meta)

    def commit(self, commit: Commit) -> None:
        """Stores all of it or nothing. Only buckets whose rows differ from the last commit are rewritten.

        Raises Fenced if another detector claimed the store since, or if the last commit that failed here was stored
        after all; either way the remedy is to start again with `claim` and `load`.
        """
        if self._commits is None:
            raise DoelbindingError("the store was not claimed and loaded, in this order, before the first commit")
        fresh = digests_of(commit.tables)
        made = changes(commit.tables, self._stored, fresh)
        now = self._clock.now()
        with writing(self._engine) as connection:
            _pass_fence(connection, self._epoch, self._commits)
            write_tables(connection, made)
            write_values(connection, POSITIONS, commit.positions)
            write_values(connection, META, commit.meta)
            enqueue(connection, commit.revisions, now)
            forget(connection, commit.again)
            _bury(connection, commit, microseconds(now))
            archive.append(connection, commit.lookups)
        self._commits += 1
        self._stored = fresh

    def archive(self, employees: archive.Keys | None, subjects: archive.Keys | None) -> pl.DataFrame:
        """Archived lookups whose integer `employee` or `subject` is among those given, in no particular order.

        None asks nothing of that column; two Nones give the whole archive. Columns are at least those of LOOKUPS.
        """
        with reading(self._engine) as connection:
            return archive.read(connection, employees, subjects)

    def dead_letters(self) -> pl.DataFrame:
        """All dead letters, oldest first, as contract DEAD_LETTER."""
        columns = [DEAD_LETTERS.c[name] for name in DEAD_LETTER.schema]
        with reading(self._engine) as connection:
            rows = [tuple(row) for row in connection.execute(select(*columns).order_by(DEAD_LETTERS.c.id))]
        return pl.DataFrame(rows, schema=DEAD_LETTER.schema, orient="row")

    def letters_again(self, but: Collection[int] = ()) -> list[MarkedLetter]:
        """The next dead letters of one partition that are to be taken again, without those of `but`."""
        with reading(self._engine) as connection:
            return marked(connection, but)

    def sizes(self) -> Sizes:
        """Rows per state table, and the bytes of all blobs."""
        per_table = select(STATE.c.name, func.sum(STATE.c.rows), func.sum(func.length(STATE.c.body)))
        with reading(self._engine) as connection:
            state = connection.execute(per_table.group_by(STATE.c.name)).all()
            archived = connection.execute(select(func.coalesce(func.sum(func.length(ARCHIVE.c.body)), 0))).scalar_one()
        return Sizes({name: rows for name, rows, _ in state}, archived + sum(size for _, _, size in state))

    def close(self) -> None:
        """Gives back the connections."""
        self._engine.dispose()


def _pass_fence(connection: Connection, epoch: int, commits: int) -> None:
    mine = update(OWNER).where(OWNER.c.epoch == epoch, OWNER.c.commits == commits).values(commits=commits + 1)
    if connection.execute(mine).rowcount != 1:
        raise Fenced(
            "another detector took over this store, so this one stops and stores nothing more; "
            "run one detector per store, and start it again: it goes on from the stored positions"
        )


def _bury(connection: Connection, commit: Commit, now_us: int) -> None:
    if commit.dead.is_empty():
        return
    told = commit.dead.select(list(DEAD_LETTER.schema)).iter_rows(named=True)
    rows = [{**letter, "partition": commit.partition, "committed_us": now_us} for letter in told]
    connection.execute(insert_new(connection, DEAD_LETTERS), rows)
