"""The first tables: owner, state, positions, meta, outbox, dead letters and archive."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Makes the tables and the owner's one row."""
    _make_state()
    _make_outbox()
    _make_dead_letters()
    _make_archive()


def _make_state() -> None:
    owner = op.create_table(
        "owner",
        sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1", name="one_owner"), primary_key=True),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("commits", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(owner, [{"id": 1, "epoch": 0, "commits": 0}])
    op.create_table(
        "state",
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("bucket", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "positions",
        sa.Column("source", sa.String(1000), primary_key=True),
        sa.Column("next", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.String(100), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )


def _make_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("signal_id", sa.String(100), nullable=False),
        sa.Column("content_hash", sa.String(100), nullable=False),
        sa.Column("as_of_us", sa.BigInteger, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("body", sa.LargeBinary),
        sa.Column("committed_us", sa.BigInteger, nullable=False),
        sa.Column("settled_us", sa.BigInteger),
        sa.Column("result", sa.Text),
        sa.UniqueConstraint("signal_id", "content_hash", "as_of_us", name="one_row_per_revision"),
        sa.CheckConstraint("status IN ('pending', 'delivered', 'superseded', 'rejected')", name="known_status"),
        sa.CheckConstraint("body IS NOT NULL OR status IN ('delivered', 'superseded')", name="undelivered_has_body"),
    )
    op.create_index("outbox_by_status", "outbox", ["status", "id"])


def _make_dead_letters() -> None:
    op.create_table(
        "dead_letters",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("partition", sa.String(1000), nullable=False),
        sa.Column("record", sa.String(100), nullable=False),
        sa.Column("position", sa.String(1000), nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("codes", sa.JSON, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("committed_us", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("partition", "record", "position", name="one_letter_per_position"),
    )


def _make_archive() -> None:
    op.create_table(
        "archive",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("first_us", sa.BigInteger, nullable=False),
        sa.Column("last_us", sa.BigInteger, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("archive_by_level", "archive", ["level"])
