"""Of which topic a partition is, when its reader last stored something of it, and since when it is poison.

An older row has none of it until its reader stores something.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the topic's id and the moments; a row without an id takes the first that is told."""
    op.add_column("partitions", sa.Column("poison_since_us", sa.BigInteger))
    op.add_column("partitions", sa.Column("topic_id", sa.String(36)))
    op.add_column("partitions", sa.Column("told_us", sa.BigInteger))
