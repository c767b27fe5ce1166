"""The sealed identities of people whom lookups name; of those who were read before, once they are read again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the identities, and the envelopes of their batches."""
    op.create_table(
        "envelopes",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("key_id", sa.String(40), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "identities",
        sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("check", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("envelope", sa.BigInteger, sa.ForeignKey("envelopes.id"), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
