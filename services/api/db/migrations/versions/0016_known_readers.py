"""Accounts of the issuer that were seen, so that work can be given to them; and searches for people, to be counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.api.db.types import Instant

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, empty: whoever reads is known from the next request on, and a rate counts from then."""
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
    op.create_table(
        "searches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), nullable=False),
        sa.Column("asked_by", sa.String(200), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_searches"),
    )
    op.create_index("ix_searches_of_reader", "searches", ["asked_by", "asked_at"])
