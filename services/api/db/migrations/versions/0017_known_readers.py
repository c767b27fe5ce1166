"""Accounts of the issuer that were seen, so that work can be given to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, empty: whoever reads is known from the next request on."""
    op.create_table(
        "known_readers",
        sa.Column("code", sa.String(200), nullable=False),
        sa.Column("role", sa.String(40)),
        sa.Column("employee", sa.String(100)),
        sa.Column("first_seen", sa.Date(), nullable=False),
        sa.Column("last_seen", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_known_readers"),
    )
    op.create_index("ix_known_readers_by_role", "known_readers", ["role", sa.text("last_seen DESC"), "code"])
