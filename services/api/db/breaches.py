"""The tables of data breaches: what was referred, what was decided on it, and what was corrected."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from services.api.db.tables import metadata
from services.api.db.types import Instant

ITEM = "intake_items.id"

data_breaches = Table(
    "data_breaches",
    metadata,
    Column("item_id", String(40), ForeignKey(ITEM), primary_key=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("known_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("referred_by", String(200), nullable=False),
    Column("referred_at", Instant, nullable=False),
    Column("decided_at", Instant),
)
"""Referrals to Bureau Gegevensbescherming as they stand, with the clock of AVG art. 33.

`decided_at` is that of the last decision, null while the clock runs.
"""
undecided = data_breaches.c.decided_at.is_(None)
Index("ix_data_breaches_running", data_breaches.c.due_at, sqlite_where=undecided, postgresql_where=undecided)

breach_decisions = Table(
    "breach_decisions",
    metadata,
    Column("item_id", String(40), ForeignKey(ITEM), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("decision", String(20), nullable=False),
    Column("notified_at", Instant),
    Column("delay_reason", Text),
    Column("reason", String(40)),
    Column("motivation", Text),
    Column("facts", JSON, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("decided_by", String(200), nullable=False),
    Column("decided_at", Instant, nullable=False),
    CheckConstraint("(decision = 'notified') = (notified_at IS NOT NULL)", name="ck_breach_decisions_notified"),
    CheckConstraint("(decision = 'not-required') = (reason IS NOT NULL)", name="ck_breach_decisions_reason"),
    CheckConstraint("notified_at <= due_at OR delay_reason IS NOT NULL", name="ck_breach_decisions_delay"),
)
"""What was decided, in order: the last holds; rows are only added. `facts` and `due_at` are as they then stood."""

breach_corrections = Table(
    "breach_corrections",
    metadata,
    Column("item_id", String(40), ForeignKey(ITEM), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("known_before", Instant, nullable=False),
    Column("known_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("corrected_by", String(200), nullable=False),
    Column("corrected_at", Instant, nullable=False),
)
"""The moments of knowledge that turned out wrong, and what took their place; rows are only added."""
