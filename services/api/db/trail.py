"""The tables of the audit trail: entries in a chain, where it ends, its signed roots, and what entries are about."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, LargeBinary, String, Table, Uuid

from services.api.db.tables import metadata
from services.api.db.types import Instant

Sequence = BigInteger().with_variant(Integer(), "sqlite")

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("sequence", Sequence, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(200)),
    Column("role", String(40), nullable=False),
    Column("action", String(40), nullable=False),
    Column("object_kind", String(40), nullable=False),
    Column("object_id", String(100)),
    Column("purpose", String(40)),
    Column("detail", JSON(none_as_null=True)),
    Column("blanked_through", Sequence),
    Column("salt", LargeBinary),
    Column("payload_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
"""What was done, in order and without gaps; triggers refuse every change but the removal of payloads.

The payload is actor, object_id, detail and salt. `hash` is SHA-256 over the hash before and the other columns.
"""

newest = (audit_entries.c.at, audit_entries.c.sequence)
Index("ix_audit_entries_by_time", *newest)
Index("ix_audit_entries_by_actor", audit_entries.c.actor, *newest)
Index("ix_audit_entries_by_action", audit_entries.c.action, *newest)
tells_of_blanking = audit_entries.c.blanked_through.is_not(None)
Index(
    "ix_audit_entries_by_blanking",
    audit_entries.c.blanked_through,
    sqlite_where=tells_of_blanking,
    postgresql_where=tells_of_blanking,
)

audit_objects = Table(
    "audit_objects",
    metadata,
    Column("object_key", Uuid(as_uuid=False), primary_key=True),
    Column("at", Instant, primary_key=True),
    Column("sequence", Sequence, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""Which entries are about a signal, an item or a person: made from the entries, and part of what `verify` compares."""

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", Sequence, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("root_number", Sequence, nullable=False),
    Column("root_sequence", Sequence, nullable=False),
    Column("root_at", Instant),
    Column("key_id", String(16)),
    Column("signature", LargeBinary),
)
"""One row: where the chain ends and what its last root was, signed. Whoever adds to the chain locks it."""

audit_roots = Table(
    "audit_roots",
    metadata,
    Column("number", Sequence, primary_key=True, autoincrement=False),
    Column("sequence", Sequence, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False),
    Column("key_id", String(16), nullable=False),
    Column("signature", LargeBinary, nullable=False),
)
"""The hash of the chain at the end of an interval, signed; rows are only added."""
