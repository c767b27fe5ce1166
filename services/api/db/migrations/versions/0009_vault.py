"""The identity vault and reveals, and an index to find the signals about one person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.api.db.types import Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NEWEST = (sa.text("asked_at DESC"), "id")
RANKING = (sa.text("score DESC"), "signal_id")
INDEXES = {
    "ix_reveals_of_reader": ("asked_by", *NEWEST),
    "ix_reveals_by_status": ("status", *NEWEST),
    "ix_reveals_of_item": ("item_id", *NEWEST),
    "ix_reveals_opened": ("asked_by", "opened_at"),
}


def upgrade() -> None:
    """Add the tables; signals that were delivered before bring their identities with their next revision."""
    op.create_table(
        "identities",
        sa.Column("pseudonym", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("key_id", sa.String(40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("pseudonym", name="pk_identities"),
    )
    op.create_table(
        "revealers",
        sa.Column("reader", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("reader", name="pk_revealers"),
    )
    _reveals()
    op.create_index("ix_signals_ranked_by_employee", "signals", ["employee_id", *RANKING])
    op.create_index("ix_signals_ranked_by_subject", "signals", ["subject", *RANKING])


def _reveals() -> None:
    op.create_table(
        "reveals",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("item_id", sa.String(40), nullable=False),
        sa.Column("field", sa.String(20), nullable=False),
        sa.Column("lookup_id", sa.String(200)),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("pseudonym", sa.String(100), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("case_number", sa.String(100)),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("four_eyes", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.String(200), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("approved_by", sa.String(200)),
        sa.Column("approved_at", Instant()),
        sa.Column("opened_at", Instant()),
        sa.CheckConstraint("approved_by <> asked_by", name="another_approves"),
        sa.CheckConstraint(
            "status = 'pending' OR NOT four_eyes OR (approved_by IS NOT NULL AND approved_at IS NOT NULL)",
            name="approved_before_opened",
        ),
        sa.CheckConstraint("(status = 'opened') = (opened_at IS NOT NULL)", name="opened_at_a_moment"),
        sa.ForeignKeyConstraint(["item_id"], ["intake_items.id"], name="fk_reveals_item_id_intake_items"),
        sa.PrimaryKeyConstraint("id", name="pk_reveals"),
    )
    for name, columns in INDEXES.items():
        op.create_index(name, "reveals", list(columns))
