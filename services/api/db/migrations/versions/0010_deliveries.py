"""Idempotency of requests that write."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.api.db.types import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "answered_requests",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("answered_at", Instant(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_answered_requests"),
    )
    op.create_index("ix_answered_requests_answered_at", "answered_requests", ["answered_at"])
