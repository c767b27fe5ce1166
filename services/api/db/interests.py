"""The tables of interests: which readers have one in whom, as the registers said when they were last loaded."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Identity, Index, Integer, String, Table

from services.api.db.tables import metadata
from services.api.db.types import Instant

interest_readers = Table(
    "interest_readers",
    metadata,
    Column("reader", String(100), primary_key=True),
    Column("loaded_at", Instant, nullable=False),
)
"""Readers (by their pseudonym as an employee) whose interests are known; one who is missing may read no signal."""

interests = Table(
    "interests",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    Column("reader", String(100), ForeignKey(interest_readers.c.reader), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("employee_id", String(100)),
    Column("subject", String(100)),
    Column("standing", Boolean, nullable=False),
    Column("valid_from", Instant),
    Column("valid_to", Instant),
    CheckConstraint("(employee_id IS NULL) <> (subject IS NULL)", name="of_one"),
    CheckConstraint("standing OR valid_to IS NOT NULL", name="bounded"),
)
"""An interest of a reader in an employee or in a subject.

One that is `standing` holds for every signal; another one only for signals whose window meets its period.
"""

Index("ix_interests_by_employee", interests.c.reader, interests.c.employee_id)
Index("ix_interests_by_subject", interests.c.reader, interests.c.subject)
