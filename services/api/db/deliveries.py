"""The table of requests that were answered: the same one sent again gets the same answer."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, LargeBinary, String, Table

from services.api.db.tables import metadata
from services.api.db.types import Instant

answered_requests = Table(
    "answered_requests",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("answered_at", Instant, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("body", LargeBinary),
)
"""What was answered to a request with an Idempotency-Key, in the transaction of what it did.

`id` is a keyed hash of account and key, `fingerprint` one of what was asked: neither tells who asked, or what. `body`
is null where the answer may not be kept.
"""

Index("ix_answered_requests_answered_at", answered_requests.c.answered_at)
