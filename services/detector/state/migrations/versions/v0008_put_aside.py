"""Signals that the API does not take alone are put aside, and tried again after pauses that grow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds how often a revision failed alone, and until when it is put aside; what waits now was never put aside."""
    op.add_column("outbox", sa.Column("failures", sa.Integer, nullable=False, server_default="0"))
    op.add_column("outbox", sa.Column("next_try_us", sa.BigInteger))
    op.drop_index("outbox_by_status", "outbox")
    op.create_index("outbox_by_status", "outbox", ["status", "failures", "id"])
