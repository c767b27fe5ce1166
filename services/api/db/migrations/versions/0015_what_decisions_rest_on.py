"""Which revision of its signal each assessment and each outcome rests on; decisions on data breaches, one by one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.api.db.types import Instant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

RECORDED = {
    "assessments": ("'assess', 'settle'", "assessor", "given_at"),
    "outcomes": ("'record-outcome'", "recorded_by", "recorded_at"),
}
"""By table: the events that tell of a row, and its columns of who and when."""


def upgrade() -> None:
    """Add what is kept from now on; what was decided before stays as it is."""
    _revisions()
    _breach_decisions()
    _breach_corrections()
    _without_decisions()


def _revisions() -> None:
    """The history of the item told the revision with each assessment and outcome."""
    for table, (kinds, who, at) in RECORDED.items():
        op.add_column(table, sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        told = (
            f"SELECT max(item_events.revision) FROM item_events WHERE item_events.item_id = {table}.item_id "  # noqa: S608 - words of our own
            f"AND item_events.kind IN ({kinds}) AND item_events.actor = {table}.{who} AND item_events.at = {table}.{at}"
        )
        op.execute(f"UPDATE {table} SET revision = coalesce(({told}), 1)")  # noqa: S608 - words of our own


def _breach_decisions() -> None:
    op.create_table(
        "breach_decisions",
        sa.Column("item_id", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("notified_at", Instant()),
        sa.Column("delay_reason", sa.Text()),
        sa.Column("reason", sa.String(40)),
        sa.Column("motivation", sa.Text()),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.CheckConstraint("(decision = 'notified') = (notified_at IS NOT NULL)", name="ck_breach_decisions_notified"),
        sa.CheckConstraint("(decision = 'not-required') = (reason IS NOT NULL)", name="ck_breach_decisions_reason"),
        sa.CheckConstraint("notified_at <= due_at OR delay_reason IS NOT NULL", name="ck_breach_decisions_delay"),
        sa.ForeignKeyConstraint(["item_id"], ["intake_items.id"], name="fk_breach_decisions_item_id_intake_items"),
        sa.PrimaryKeyConstraint("item_id", "number", name="pk_breach_decisions"),
    )
    op.execute(
        "INSERT INTO breach_decisions (item_id, number, decision, notified_at, delay_reason, reason, facts, due_at,"
        " decided_by, decided_at) SELECT item_id, 1, decision, notified_at, delay_reason, reason, facts, due_at,"
        " decided_by, decided_at FROM data_breaches WHERE decided_at IS NOT NULL"
    )


def _breach_corrections() -> None:
    op.create_table(
        "breach_corrections",
        sa.Column("item_id", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("known_before", Instant(), nullable=False),
        sa.Column("known_at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrected_by", sa.String(200), nullable=False),
        sa.Column("corrected_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["intake_items.id"], name="fk_breach_corrections_item_id_intake_items"),
        sa.PrimaryKeyConstraint("item_id", "number", name="pk_breach_corrections"),
    )


def _without_decisions() -> None:
    """SQLite makes the table anew, with its rows."""
    op.drop_index("ix_data_breaches_running", "data_breaches")
    with op.batch_alter_table("data_breaches") as table:
        for check in ("decided", "notified", "reason", "delay"):
            table.drop_constraint(f"ck_data_breaches_{check}", type_="check")
        for column in ("decision", "notified_at", "delay_reason", "reason", "decided_by"):
            table.drop_column(column)
    running = sa.text("decided_at IS NULL")
    op.create_index(
        "ix_data_breaches_running", "data_breaches", ["due_at"], sqlite_where=running, postgresql_where=running
    )
