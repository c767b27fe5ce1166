"""The outbox of events about pushed signals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.api.db.types import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WAITING = sa.text("sent_at IS NULL")


def upgrade() -> None:
    """Add the table; what was pushed before is added when publishing begins."""
    op.create_table(
        "publications",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), nullable=False),
        sa.Column("event_id", sa.String(100), nullable=False),
        sa.Column("signal_id", sa.String(40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("happening", sa.String(20), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("as_of", Instant(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant()),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.signal_id"], name="fk_publications_signal_id_signals"),
        sa.PrimaryKeyConstraint("id", name="pk_publications"),
        sa.UniqueConstraint("signal_id", "revision", name="uq_publications_signal_id_revision"),
    )
    op.create_index(
        "ix_publications_waiting", "publications", ["signal_id", "id"], sqlite_where=WAITING, postgresql_where=WAITING
    )
