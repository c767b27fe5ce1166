"""The parent beside each signal, so that the signals under one are found along an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SIGNALS = sa.table("signals", sa.column("parent_id", sa.String), sa.column("body", sa.JSON))


def upgrade() -> None:
    """Add the column, filled from what was delivered, and an index by parent."""
    op.add_column("signals", sa.Column("parent_id", sa.String(40)))
    op.execute(SIGNALS.update().values(parent_id=SIGNALS.c.body["parentId"].as_string()))
    op.create_index("ix_signals_ranked_by_parent", "signals", ["parent_id", sa.text("score DESC"), "signal_id"])
