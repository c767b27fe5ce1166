"""Of which topic a partition is, and when its reader last stored something of it; of older rows, once that happens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the topic's id and the moment; a row without an id takes the first that is told."""
    op.add_column("partitions", sa.Column("topic_id", sa.String(36)))
    op.add_column("partitions", sa.Column("told_us", sa.BigInteger))
