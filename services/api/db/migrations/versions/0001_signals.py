"""Signals, their revisions and evidence, the intake queue, and who read what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.api.db.types import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

RANKING = (sa.text("score DESC"), "signal_id")
QUEUEING = (sa.text("priority DESC"), "received_at", "id")
COUNTED = ("status", "pushed", "rule", "rule_class", "severity", "employee_id", "subject")


def upgrade() -> None:
    """Make the first tables and their indexes."""
    _signals()
    _revisions_and_evidence()
    _intake_items()
    _reads()


def _signals() -> None:
    op.create_table(
        "signals",
        sa.Column("signal_id", sa.String(40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("as_of", Instant(), nullable=False),
        sa.Column("rule", sa.String(100), nullable=False),
        sa.Column("rule_class", sa.String(1), nullable=False),
        sa.Column("employee_id", sa.String(100)),
        sa.Column("subject", sa.String(100)),
        sa.Column("severity", sa.String(20), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("pushed", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("raised_at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("signal_id", name=op.f("pk_signals")),
    )
    op.create_index("ix_signals_ranked", "signals", ["pushed", *RANKING])
    op.create_index("ix_signals_ranked_by_rule", "signals", ["pushed", "rule", *RANKING])
    op.create_index("ix_signals_ranked_by_status", "signals", ["pushed", "status", *RANKING])
    op.create_index("ix_signals_counted", "signals", COUNTED)


def _revisions_and_evidence() -> None:
    op.create_table(
        "signal_revisions",
        sa.Column("signal_id", sa.String(40), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("as_of", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.signal_id"], op.f("fk_signal_revisions_signal_id_signals")),
        sa.PrimaryKeyConstraint("signal_id", "revision", name=op.f("pk_signal_revisions")),
    )
    op.create_table(
        "evidence",
        sa.Column("signal_id", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lookup_id", sa.String(200), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.signal_id"], op.f("fk_evidence_signal_id_signals")),
        sa.PrimaryKeyConstraint("signal_id", "position", name=op.f("pk_evidence")),
    )


def _intake_items() -> None:
    op.create_table(
        "intake_items",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("signal_id", sa.String(40), nullable=False),
        sa.Column("look_number", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(100), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("priority", sa.Float(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_reason", sa.Text()),
        sa.Column("received_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.signal_id"], op.f("fk_intake_items_signal_id_signals")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_items")),
        sa.UniqueConstraint("signal_id", "look_number", name=op.f("uq_intake_items_signal_id_look_number")),
    )
    op.create_index("ix_intake_items_queued", "intake_items", list(QUEUEING))
    op.create_index("ix_intake_items_queued_by_rule", "intake_items", ["rule", *QUEUEING])
    op.create_index("ix_intake_items_queued_by_status", "intake_items", ["status", *QUEUEING])
    op.create_index("ix_intake_items_oldest", "intake_items", ["status", "withdrawn", "received_at"])


def _reads() -> None:
    op.create_table(
        "reads",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), nullable=False),
        sa.Column("reader", sa.String(200), nullable=False),
        sa.Column("read_at", Instant(), nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("signal_id", sa.String(40)),
        sa.Column("purpose", sa.String(40)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reads")),
    )
    op.create_index("ix_reads_by_signal", "reads", ["signal_id", "read_at"])
