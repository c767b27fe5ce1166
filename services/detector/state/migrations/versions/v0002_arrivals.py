"""Partitions, arrivals and what was taken of them; the owner's lease."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the lease to the owner's row, and makes the tables."""
    op.add_column("owner", sa.Column("holder", sa.String(200)))
    op.add_column("owner", sa.Column("until_us", sa.BigInteger))
    op.create_table(
        "partitions",
        sa.Column("source", sa.String(1000), primary_key=True),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("next", sa.BigInteger),
        sa.Column("arrived", sa.BigInteger, nullable=False),
        sa.Column("behind", sa.Boolean, nullable=False),
    )
    op.create_table(
        "arrivals",
        sa.Column("source", sa.String(1000), primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("committed_us", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "taken",
        sa.Column("source", sa.String(1000), primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
    )
