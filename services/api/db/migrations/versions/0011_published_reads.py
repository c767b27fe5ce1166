"""Up to where reads were published as lookups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; entries from before name no employee, so publishing begins after the last of them."""
    op.create_table(
        "published_reads",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_published_reads"),
    )
    op.execute("INSERT INTO published_reads (id, sequence) SELECT 1, coalesce(max(sequence), 0) FROM audit_entries")
