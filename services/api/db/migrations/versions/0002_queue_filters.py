"""Severity and time of the signal beside each item of the queue, so that the queue is filtered along its indexes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.api.db.types import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

QUEUEING = (sa.text("priority DESC"), "received_at", "id")
INDEXES = {
    "ix_intake_items_queued": QUEUEING,
    "ix_intake_items_queued_by_rule": ("rule", *QUEUEING),
    "ix_intake_items_queued_by_status": ("status", *QUEUEING),
    "ix_intake_items_oldest": ("status", "withdrawn", "received_at"),
}
FILL = """UPDATE intake_items SET
    severity = (SELECT severity FROM signals WHERE signals.signal_id = intake_items.signal_id),
    raised_at = (SELECT raised_at FROM signals WHERE signals.signal_id = intake_items.signal_id)"""


def upgrade() -> None:
    """Add the two columns, filled from the signals, and an index by severity."""
    for name in INDEXES:  # SQLite makes the table anew for NOT NULL, and would lose the order of these on the way
        op.drop_index(name, "intake_items")
    op.add_column("intake_items", sa.Column("severity", sa.String(20)))
    op.add_column("intake_items", sa.Column("raised_at", Instant()))
    op.execute(FILL)
    with op.batch_alter_table("intake_items") as table:
        table.alter_column("severity", existing_type=sa.String(20), nullable=False)
        table.alter_column("raised_at", existing_type=Instant(), nullable=False)
    for name, columns in INDEXES.items():
        op.create_index(name, "intake_items", list(columns))
    op.create_index("ix_intake_items_queued_by_severity", "intake_items", ["severity", *QUEUEING])
