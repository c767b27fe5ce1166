"""The detector's tables: what was read and waits; and state, outbox and archive, which one transaction keeps in step.

Times are integers, microseconds since 1970 in UTC: both databases compare them alike.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

METADATA = MetaData()

NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only where the type is spelt INTEGER."""

PENDING, DELIVERED, SUPERSEDED, REJECTED = "pending", "delivered", "superseded", "rejected"

OWNER = Table(
    "owner",
    METADATA,
    Column("id", Integer, CheckConstraint("id = 1", name="one_owner"), primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("commits", BigInteger, nullable=False),
    Column("holder", String(200)),
    Column("until_us", BigInteger),
)
"""One row: which claim holds the store, how many commits there were, and whose lease it is until when (null: nobody's).

A lease tells only when another may claim; that an earlier owner can commit no more is the epoch's work."""

STATE = Table(
    "state",
    METADATA,
    Column("name", String(100), primary_key=True),
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("rows", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""One blob per state table and bucket; a bucket without rows is absent."""

POSITIONS = Table(
    "positions",
    METADATA,
    Column("source", String(1000), primary_key=True),
    Column("next", BigInteger, nullable=False),
)

PARTITIONS = Table(
    "partitions",
    METADATA,
    Column("source", String(1000), primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("next", BigInteger),
    Column("arrived", BigInteger, nullable=False),
    Column("behind", Boolean, nullable=False),
    Column("seen", BigInteger, nullable=False, server_default="0"),
    Column("dead", BigInteger, nullable=False, server_default="0"),
    Column("poison_since_us", BigInteger),
    Column("topic_id", String(36)),
    Column("told_us", BigInteger),
)
"""Per partition of the log: which claim may store, from where it reads on (null: nothing was read yet), the number of
its last arrival, whether it is known to hold more than was read, and of its last records (`seen`) how many are dead
letters, since when too many of them (null: not too many, or not told yet). `topic_id` tells a topic from another of its
name (null: not told yet), `told_us` when something of the partition was stored last."""

ARRIVALS = Table(
    "arrivals",
    METADATA,
    Column("source", String(1000), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("rows", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("committed_us", BigInteger, nullable=False),
)
"""What was read and waits for the engine; numbered per partition from 1 without gaps, encrypted (arrivals.py)."""

TAKEN = Table(
    "taken",
    METADATA,
    Column("source", String(1000), primary_key=True),
    Column("number", BigInteger, nullable=False),
)
"""Up to which arrival of each partition the engine came. Apart from `partitions`, so that readers and the engine never
wait for each other's rows."""

META = Table(
    "meta",
    METADATA,
    Column("key", String(100), primary_key=True),
    Column("value", Text, nullable=False),
)

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("signal_id", String(100), nullable=False),
    Column("content_hash", String(100), nullable=False),
    Column("as_of_us", BigInteger, nullable=False),
    Column("status", String(20), nullable=False),
    Column("body", LargeBinary),
    Column("committed_us", BigInteger, nullable=False),
    Column("settled_us", BigInteger),
    Column("result", Text),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("next_try_us", BigInteger),
    UniqueConstraint("signal_id", "content_hash", "as_of_us", name="one_row_per_revision"),
    CheckConstraint(f"status IN ('{PENDING}', '{DELIVERED}', '{SUPERSEDED}', '{REJECTED}')", name="known_status"),
    CheckConstraint(f"body IS NOT NULL OR status IN ('{DELIVERED}', '{SUPERSEDED}')", name="undelivered_has_body"),
)
"""One row per signal revision. Once delivered or superseded the body goes: the API and the state hold its content.

A pending one with `next_try_us` is put aside until then: so often (`failures`) the API did not take it alone."""

Index("outbox_by_status", OUTBOX.c.status, OUTBOX.c.failures, OUTBOX.c.id)

DEAD_LETTERS = Table(
    "dead_letters",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("partition", String(1000), nullable=False),
    Column("record", String(100), nullable=False),
    Column("position", String(1000), nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("codes", JSON, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("committed_us", BigInteger, nullable=False),
    Column("to_tell", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("partition", "record", "position", name="one_letter_per_position"),
    sqlite_autoincrement=True,  # who asked for a letter by its id never gets another one
)
"""Records that could not be read. `to_tell`: its event is still to be sent (untold.py)."""

Index(
    "letters_to_tell",
    DEAD_LETTERS.c.id,
    sqlite_where=DEAD_LETTERS.c.to_tell.is_(true()),
    postgresql_where=DEAD_LETTERS.c.to_tell.is_(true()),
)

ARCHIVE = Table(
    "archive",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("day", Integer, nullable=False),
    Column("level", Integer, nullable=False),
    Column("key_version", Integer, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""Encoded lookups in Parquet, a part per slice and local day (counted from 1970-01-01); small parts of a day are merged
level by level. Each lookup that was taken in is in one part: parts and positions go in one transaction."""

Index("archive_by_day", ARCHIVE.c.day, ARCHIVE.c.level)

ARCHIVE_PRINTS = Table(
    "archive_prints",
    METADATA,
    Column("part", NUMBER, ForeignKey(ARCHIVE.c.id), primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)
"""Of each part whose day is not settled: the prints of the people and lookups in it (places.py)."""

ARCHIVE_PLACES = Table(
    "archive_places",
    METADATA,
    Column("id", NUMBER, primary_key=True),
    Column("day", Integer, nullable=False),
    Column("bucket", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""The prints of the parts of settled days, by day and bucket. A bucket's number is a one and the leading bits that its
prints share: how many bits differs by day, and where late lookups came to a settled day, within the day."""

Index("archive_places_by_bucket", ARCHIVE_PLACES.c.bucket, ARCHIVE_PLACES.c.day)

LETTERS_AGAIN = Table(
    "letters_again",
    METADATA,
    Column("letter", NUMBER, ForeignKey(DEAD_LETTERS.c.id), primary_key=True, autoincrement=False),
    Column("marked_us", BigInteger, nullable=False),
)
"""Dead letters that the engine is to take again; mark and letter go in the transaction that stores what came of it."""

ENVELOPES = Table(
    "envelopes",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("key_id", String(40), nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""A data key per batch of identities, sealed to the public key `key_id` of the vault; `id` is of its hash."""

IDENTITIES = Table(
    "identities",
    METADATA,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("check", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("envelope", BigInteger, ForeignKey(ENVELOPES.c.id), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""Whom a pseudonym (its two halves) stands for, sealed: with what the detector has, none of it can be opened."""
