"""Marks on dead letters that are to be taken again; ids of letters that went never come back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Makes the table. SQLite gives the id of the last letter to the next one unless told otherwise."""
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("dead_letters", recreate="always", table_kwargs={"sqlite_autoincrement": True}):
            pass
    op.create_table(
        "letters_again",
        sa.Column("letter", NUMBER, sa.ForeignKey("dead_letters.id"), primary_key=True, autoincrement=False),
        sa.Column("marked_us", sa.BigInteger, nullable=False),
    )
