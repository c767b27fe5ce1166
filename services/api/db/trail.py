"""The tables of the audit trail."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Identity, Integer, String, Table

from services.api.db.tables import metadata
from services.api.db.types import Instant

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("sequence", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("role", String(40), nullable=False),
    Column("action", String(40), nullable=False),
    Column("object_kind", String(40), nullable=False),
    Column("object_id", String(100)),
    Column("purpose", String(40)),
    Column("detail", JSON, nullable=False),
)
"""What was done, in order; rows are only added."""
