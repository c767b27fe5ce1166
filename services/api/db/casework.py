"""The tables of casework: assessments, assignments, clocks, outcomes, measures, and what happened."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from services.api.db.tables import intake_items, metadata
from services.api.db.types import Instant

ITEM = "intake_items.id"

assessments = Table(
    "assessments",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("item_id", String(40), ForeignKey(ITEM), nullable=False),
    Column("round", Integer, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("assessor", String(200), nullable=False),
    Column("person", String(200), nullable=False),
    Column("role", String(40), nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("reason", String(40)),
    Column("note", Text, nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("revision", Integer, nullable=False, server_default="1"),
    CheckConstraint("ordinal IN (1, 2, 3)", name="ck_assessments_two_and_a_settlement"),
    CheckConstraint("ordinal < 3 OR role IN ('lead', 'auditor')", name="ck_assessments_settled_by_who_leads"),
    CheckConstraint("(verdict = 'no-follow-up') = (reason IS NOT NULL)", name="ck_assessments_reason"),
    UniqueConstraint("item_id", "round", "ordinal"),
    UniqueConstraint("item_id", "round", "assessor"),
    UniqueConstraint("item_id", "round", "person"),
)
"""What people found, each for himself; rows are only added. Ordinal 3 settles a dispute between the first two.

That one account, and one person, has one place in a round is what makes it four eyes: nobody is his own second, and
nobody settles what he assessed. `person` is the pseudonym of the employee behind the account where there is one.
`revision` is that of the signal as it was read: nothing that came later was judged.
"""

item_notes = Table(
    "item_notes",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("item_id", String(40), ForeignKey(ITEM), nullable=False),
    Column("round", Integer, nullable=False),
    Column("author", String(200), nullable=False),
    Column("note", Text, nullable=False),
    Column("written_at", Instant, nullable=False),
)
"""What was added beside assessments; rows are only added."""
Index("ix_item_notes_of_item", item_notes.c.item_id, item_notes.c.written_at)

assignments = Table(
    "assignments",
    metadata,
    Column("item_id", String(40), ForeignKey(ITEM), primary_key=True),
    Column("assignee", String(200), primary_key=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("via", String(20), nullable=False),
    Column("assigned_by", String(200), nullable=False),
    Column("assigned_at", Instant, nullable=False),
    Column("released_at", Instant),
)
"""Who works on an item: by assessing it, or sent by a lead. `released_at` is null while it holds."""
Index("ix_assignments_of_assignee", assignments.c.assignee, assignments.c.released_at)

suspensions = Table(
    "suspensions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("item_id", String(40), ForeignKey(ITEM), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("started_by", String(200), nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", String(200)),
    CheckConstraint("ended_at >= started_at", name="ck_suspensions_in_order"),
)
"""When the thirteen weeks stood still, and why; at most one at a time is not ended."""
running = suspensions.c.ended_at.is_(None)
Index("uq_suspensions_running", suspensions.c.item_id, unique=True, sqlite_where=running, postgresql_where=running)
Index("ix_suspensions_of_item", suspensions.c.item_id, suspensions.c.started_at)

outcomes = Table(
    "outcomes",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("item_id", String(40), ForeignKey(ITEM), nullable=False),
    Column("number", Integer, nullable=False),
    Column("outcome", String(40), nullable=False),
    Column("findings", JSON, nullable=False),
    Column("report_sent_at", Instant, nullable=False),
    Column("note", Text, nullable=False),
    Column("recorded_by", String(200), nullable=False),
    Column("person", String(200), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("state", String(20), nullable=False),
    Column("judged_by", String(200)),
    Column("judging_person", String(200)),
    Column("judged_at", Instant),
    Column("judgement_note", Text),
    Column("revision", Integer, nullable=False, server_default="1"),
    CheckConstraint("state IN ('proposed', 'confirmed', 'rejected')", name="ck_outcomes_state"),
    CheckConstraint("(state = 'proposed') = (judged_by IS NULL)", name="ck_outcomes_judged"),
    CheckConstraint("judged_by <> recorded_by AND judging_person <> person", name="ck_outcomes_four_eyes"),
    CheckConstraint("(judged_by IS NULL) = (judging_person IS NULL)", name="ck_outcomes_by_a_person"),
    UniqueConstraint("item_id", "number"),
)
"""What investigations found: proposed by one person, and confirmed or rejected by another.

`revision` is that of the signal when it was proposed.
"""
standing = outcomes.c.state != "rejected"
Index("uq_outcomes_standing", outcomes.c.item_id, unique=True, sqlite_where=standing, postgresql_where=standing)
proposed = outcomes.c.state == "proposed"
Index("ix_outcomes_proposed", outcomes.c.recorded_at, sqlite_where=proposed, postgresql_where=proposed)

measures = Table(
    "measures",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("item_id", String(40), ForeignKey(ITEM), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("taken_at", Instant, nullable=False),
    Column("decided_by", String(40), nullable=False),
    Column("in_force_until", Instant),
    Column("warning_id", String(40), ForeignKey("warnings.id")),
    Column("recorded_by", String(200), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    UniqueConstraint("item_id", "kind", "taken_at"),
)
"""Measures that were taken, by function; rows are only added."""

line_interventions = Table(
    "line_interventions",
    metadata,
    Column("item_id", String(40), ForeignKey(ITEM), primary_key=True),
    Column("sent_at", Instant, nullable=False),
    Column("sent_to", String(40), nullable=False),
    Column("recorded_by", String(200), nullable=False),
    Column("recorded_at", Instant, nullable=False),
)
"""When an item that ended in line intervention was sent to which function."""

item_events = Table(
    "item_events",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    Column("item_id", String(40), ForeignKey(ITEM), nullable=False),
    Column("at", Instant, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("actor", String(200)),
    Column("revision", Integer, nullable=False),
    Column("detail", JSON, nullable=False),
)
"""What happened to an item, in codes; `actor` is null where a delivered revision did it. Rows are only added."""
Index("ix_item_events_of_item", item_events.c.item_id, item_events.c.id)

acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("item_id", String(40), ForeignKey(ITEM), primary_key=True),
    Column("event_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("person", String(200), primary_key=True),
    Column("acknowledged_by", String(200), nullable=False),
    Column("acknowledged_at", Instant, nullable=False),
)
"""Who saw that a signal was withdrawn, or came back, after work on its item had begun."""

Index("ix_intake_items_due", intake_items.c.due_at)
Index("ix_intake_items_closed", intake_items.c.status, intake_items.c.closed_at)
