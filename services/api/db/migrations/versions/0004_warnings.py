"""Warnings that employees were given, and beside each item of the queue how many of its lookups came after one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.api.db.types import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the column; before this no warning was known."""
    op.create_table(
        "warnings",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("employee_id", sa.String(100), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("recorded_by", sa.String(200), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_warnings"),
        sa.UniqueConstraint("employee_id", "given_at", "reason", name="uq_warnings_employee_id_given_at_reason"),
    )
    op.add_column("intake_items", sa.Column("repeats", sa.Integer, nullable=False, server_default="0"))
