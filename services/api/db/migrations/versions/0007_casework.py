"""Assessments, decisions, clocks and outcomes of items, and a thirteen-week deadline for those that were there."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from services.api.db.types import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ZONE = ZoneInfo("Europe/Amsterdam")
CHUNK = 1_000
RUNNING = sa.text("ended_at IS NULL")
UNDECIDED = sa.text("decided_at IS NULL")
STANDING = sa.text("state != 'rejected'")
PROPOSED = sa.text("state = 'proposed'")
ITEMS = sa.table(
    "intake_items",
    sa.column("id", sa.String),
    sa.column("received_at", Instant),
    sa.column("withdrawn", sa.Boolean),
    sa.column("due_at", Instant),
)


def upgrade() -> None:
    """Add the tables and the columns; items that wait get the end of their thirteen weeks."""
    _assessments()
    _clocks()
    _ends()
    _events()
    _items()
    _give_deadlines()


def _assessments() -> None:
    op.create_table(
        "assessments",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("item_id", sa.String(40), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("assessor", sa.String(200), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(40)),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.CheckConstraint("(verdict = 'no-follow-up') = (reason IS NOT NULL)", name="ck_assessments_reason"),
        sa.CheckConstraint("ordinal < 3 OR role = 'lead'", name="ck_assessments_settled_by_a_lead"),
        sa.CheckConstraint("ordinal IN (1, 2, 3)", name="ck_assessments_two_and_a_settlement"),
        sa.ForeignKeyConstraint(["item_id"], ["intake_items.id"], name="fk_assessments_item_id_intake_items"),
        sa.PrimaryKeyConstraint("id", name="pk_assessments"),
        sa.UniqueConstraint("item_id", "round", "assessor", name="uq_assessments_item_id_round_assessor"),
        sa.UniqueConstraint("item_id", "round", "ordinal", name="uq_assessments_item_id_round_ordinal"),
        sa.UniqueConstraint("item_id", "round", "person", name="uq_assessments_item_id_round_person"),
    )
    op.create_table(
        "item_notes",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("item_id", sa.String(40), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["intake_items.id"], name="fk_item_notes_item_id_intake_items"),
        sa.PrimaryKeyConstraint("id", name="pk_item_notes"),
    )
    op.create_index("ix_item_notes_of_item", "item_notes", ["item_id", "written_at"])
    op.create_table(
        "assignments",
        sa.Column("item_id", sa.String(40), nullable=False),
        sa.Column("assignee", sa.String(200), nullable=False),
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("via", sa.String(20), nullable=False),
        sa.Column("assigned_by", sa.String(200), nullable=False),
        sa.Column("assigned_at", Instant(), nullable=False),
        sa.Column("released_at", Instant()),
        sa.ForeignKeyConstraint(["item_id"], ["intake_items.id"], name="fk_assignments_item_id_intake_items"),
        sa.PrimaryKeyConstraint("item_id", "assignee", name="pk_assignments"),
        sa.UniqueConstraint("id", name="uq_assignments_id"),
    )
    op.create_index("ix_assignments_of_assignee", "assignments", ["assignee", "released_at"])


def _clocks() -> None:
    op.create_table(
        "suspensions",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("item_id", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("started_by", sa.String(200), nullable=False),
        sa.Column("ended_at", Instant()),
        sa.Column("ended_by", sa.String(200)),
        sa.CheckConstraint("ended_at >= started_at", name="ck_suspensions_in_order"),
        sa.ForeignKeyConstraint(["item_id"], ["intake_items.id"], name="fk_suspensions_item_id_intake_items"),
        sa.PrimaryKeyConstraint("id", name="pk_suspensions"),
    )
    op.create_index("ix_suspensions_of_item", "suspensions", ["item_id", "started_at"])
    op.create_index(
        "uq_suspensions_running",
        "suspensions",
        ["item_id"],
        unique=True,
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    )
    op.create_table(
        "data_breaches",
        sa.Column("item_id", sa.String(40), nullable=False),
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("known_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("referred_by", sa.String(200), nullable=False),
        sa.Column("referred_at", Instant(), nullable=False),
        sa.Column("decision", sa.String(20)),
        sa.Column("notified_at", Instant()),
        sa.Column("delay_reason", sa.Text()),
        sa.Column("reason", sa.String(40)),
        sa.Column("decided_by", sa.String(200)),
        sa.Column("decided_at", Instant()),
        sa.CheckConstraint(
            "decision IS NULL OR (decision = 'not-required') = (reason IS NOT NULL)", name="ck_data_breaches_reason"
        ),
        sa.CheckConstraint(
            "decision IS NULL OR (decision = 'notified') = (notified_at IS NOT NULL)", name="ck_data_breaches_notified"
        ),
        sa.CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="ck_data_breaches_decided"),
        sa.CheckConstraint("notified_at <= due_at OR delay_reason IS NOT NULL", name="ck_data_breaches_delay"),
        sa.ForeignKeyConstraint(["item_id"], ["intake_items.id"], name="fk_data_breaches_item_id_intake_items"),
        sa.PrimaryKeyConstraint("item_id", name="pk_data_breaches"),
        sa.UniqueConstraint("id", name="uq_data_breaches_id"),
    )
    op.create_index(
        "ix_data_breaches_running", "data_breaches", ["due_at"], sqlite_where=UNDECIDED, postgresql_where=UNDECIDED
    )


def _ends() -> None:
    op.create_table(
        "outcomes",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("item_id", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("report_sent_at", Instant(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.String(200), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("judged_by", sa.String(200)),
        sa.Column("judging_person", sa.String(200)),
        sa.Column("judged_at", Instant()),
        sa.Column("judgement_note", sa.Text()),
        sa.CheckConstraint("(state = 'proposed') = (judged_by IS NULL)", name="ck_outcomes_judged"),
        sa.CheckConstraint("state IN ('proposed', 'confirmed', 'rejected')", name="ck_outcomes_state"),
        sa.CheckConstraint("(judged_by IS NULL) = (judging_person IS NULL)", name="ck_outcomes_by_a_person"),
        sa.CheckConstraint("judged_by <> recorded_by AND judging_person <> person", name="ck_outcomes_four_eyes"),
        sa.ForeignKeyConstraint(["item_id"], ["intake_items.id"], name="fk_outcomes_item_id_intake_items"),
        sa.PrimaryKeyConstraint("id", name="pk_outcomes"),
        sa.UniqueConstraint("item_id", "number", name="uq_outcomes_item_id_number"),
    )
    op.create_index(
        "ix_outcomes_proposed", "outcomes", ["recorded_at"], sqlite_where=PROPOSED, postgresql_where=PROPOSED
    )
    op.create_index(
        "uq_outcomes_standing", "outcomes", ["item_id"], unique=True, sqlite_where=STANDING, postgresql_where=STANDING
    )
    op.create_table(
        "measures",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("item_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.String(40), nullable=False),
        sa.Column("in_force_until", Instant()),
        sa.Column("warning_id", sa.String(40)),
        sa.Column("recorded_by", sa.String(200), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["intake_items.id"], name="fk_measures_item_id_intake_items"),
        sa.ForeignKeyConstraint(["warning_id"], ["warnings.id"], name="fk_measures_warning_id_warnings"),
        sa.PrimaryKeyConstraint("id", name="pk_measures"),
        sa.UniqueConstraint("item_id", "kind", "taken_at", name="uq_measures_item_id_kind_taken_at"),
    )
    op.create_table(
        "line_interventions",
        sa.Column("item_id", sa.String(40), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("sent_to", sa.String(40), nullable=False),
        sa.Column("recorded_by", sa.String(200), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["intake_items.id"], name="fk_line_interventions_item_id_intake_items"),
        sa.PrimaryKeyConstraint("item_id", name="pk_line_interventions"),
    )


def _events() -> None:
    op.create_table(
        "item_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), nullable=False),
        sa.Column("item_id", sa.String(40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("actor", sa.String(200)),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["intake_items.id"], name="fk_item_events_item_id_intake_items"),
        sa.PrimaryKeyConstraint("id", name="pk_item_events"),
    )
    op.create_index("ix_item_events_of_item", "item_events", ["item_id", "id"])
    op.create_table(
        "acknowledgements",
        sa.Column("item_id", sa.String(40), nullable=False),
        sa.Column(
            "event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("acknowledged_by", sa.String(200), nullable=False),
        sa.Column("acknowledged_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["intake_items.id"], name="fk_acknowledgements_item_id_intake_items"),
        sa.PrimaryKeyConstraint("item_id", "event_id", "person", name="pk_acknowledgements"),
    )


def _items() -> None:
    op.add_column("intake_items", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("intake_items", sa.Column("reason", sa.String(40)))
    op.add_column("intake_items", sa.Column("round", sa.Integer(), server_default="1", nullable=False))
    op.add_column("intake_items", sa.Column("assessment_count", sa.Integer(), server_default="0", nullable=False))
    op.add_column("intake_items", sa.Column("clock_started_at", Instant()))
    op.add_column("intake_items", sa.Column("due_at", Instant()))
    op.add_column("intake_items", sa.Column("closed_at", Instant()))
    op.add_column("intake_items", sa.Column("decided_revision", sa.Integer()))
    op.add_column("intake_items", sa.Column("breach_due_at", Instant()))
    op.create_index("ix_intake_items_closed", "intake_items", ["status", "closed_at"])
    op.create_index("ix_intake_items_due", "intake_items", ["due_at"])


def _give_deadlines() -> None:
    """In pieces along the key, so that a long queue needs no memory; withdrawn items have no clock."""
    connection, last = op.get_bind(), ""
    piece = sa.select(ITEMS.c.id, ITEMS.c.received_at).where(ITEMS.c.withdrawn.is_(False)).order_by(ITEMS.c.id)
    change = ITEMS.update().where(ITEMS.c.id == sa.bindparam("this")).values(due_at=sa.bindparam("due"))
    while rows := connection.execute(piece.where(ITEMS.c.id > last).limit(CHUNK)).all():
        connection.execute(change, [{"this": row.id, "due": _end_of_thirteen_weeks(row.received_at)} for row in rows])
        last = rows[-1].id


def _end_of_thirteen_weeks(received_at: datetime) -> datetime:
    after = received_at.astimezone(ZONE).date() + timedelta(weeks=13, days=1)
    return datetime.combine(after, time(), ZONE)
