"""The tables of what goes out: answers that the same request gets again, and news of items for those who follow."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Identity, Index, Integer, LargeBinary, String, Table

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

item_news = Table(
    "item_news",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    Column("item_id", String(40), nullable=False),
    Column("status", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    sqlite_autoincrement=True,
)
"""That an item was made, or changed its status, version or withdrawal: a row each, written by triggers of the database.

So nothing that writes items can forget to tell it. The oldest rows are removed.
"""
