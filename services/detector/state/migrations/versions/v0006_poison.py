"""Of the last records of each partition, how many could not be read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the two counts."""
    for name in ("seen", "dead"):
        op.add_column("partitions", sa.Column(name, sa.BigInteger, nullable=False, server_default="0"))
