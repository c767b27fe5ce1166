"""Which dead letters are still to be told to the topic of dead letters; those from before are not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the mark, and what finds the marked ones among many."""
    op.add_column("dead_letters", sa.Column("to_tell", sa.Boolean, nullable=False, server_default=sa.false()))
    marked = sa.column("to_tell").is_(sa.true())
    op.create_index("letters_to_tell", "dead_letters", ["id"], sqlite_where=marked, postgresql_where=marked)
