"""The table that tells up to where the audit trail was published as lookups."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table

from services.api.db.tables import metadata
from services.api.db.trail import Sequence

published_reads = Table(
    "published_reads",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", Sequence, nullable=False),
)
"""One row: the last entry whose lookups are where they should be."""
