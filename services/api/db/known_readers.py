"""The table of accounts that came with a token of the issuer: who can be given work, by the code of the trail."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, String, Table

from services.api.db.tables import metadata

known_readers = Table(
    "known_readers",
    metadata,
    Column("code", String(200), primary_key=True),
    Column("role", String(40)),
    Column("employee", String(100)),
    Column("first_seen", Date, nullable=False),
    Column("last_seen", Date, nullable=False),
)
"""Each with its role when it was last seen (null: it came without one of ours) and, if told, its employee's pseudonym.

Days are those of the agency; which moments somebody read at is in the audit trail alone.
"""
Index("ix_known_readers_by_role", known_readers.c.role, known_readers.c.last_seen.desc(), known_readers.c.code)
