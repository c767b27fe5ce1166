"""The tables of the API: signals and their revisions, evidence, the intake queue, and its events."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from services.api.db.types import Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

signals = Table(
    "signals",
    metadata,
    Column("signal_id", String(40), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("rule", String(100), nullable=False),
    Column("rule_class", String(1), nullable=False),
    Column("employee_id", String(100)),
    Column("subject", String(100)),
    Column("severity", String(20), nullable=False),
    Column("status", String(20), nullable=False),
    Column("pushed", Boolean, nullable=False),
    Column("score", Float, nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("body", JSON, nullable=False),
    Column("parent_id", String(40)),
    Column("window_start", Instant),
    Column("window_end", Instant),
)
"""The current revision of each signal. `pushed` is true once any revision was: a push is irrevocable."""

ranking = (signals.c.score.desc(), signals.c.signal_id)
Index("ix_signals_ranked", signals.c.pushed, *ranking)
Index("ix_signals_ranked_by_rule", signals.c.pushed, signals.c.rule, *ranking)
Index("ix_signals_ranked_by_status", signals.c.pushed, signals.c.status, *ranking)
Index("ix_signals_ranked_by_parent", signals.c.parent_id, *ranking)
Index(
    "ix_signals_counted",
    signals.c.status,
    signals.c.pushed,
    signals.c.rule,
    signals.c.rule_class,
    signals.c.severity,
    signals.c.employee_id,
    signals.c.subject,
)

signal_revisions = Table(
    "signal_revisions",
    metadata,
    Column("signal_id", String(40), ForeignKey(signals.c.signal_id), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("content_hash", String(64), nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("body", JSON, nullable=False),
)
"""Every revision as it was received; rows are only added."""

evidence = Table(
    "evidence",
    metadata,
    Column("signal_id", String(40), ForeignKey(signals.c.signal_id), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("lookup_id", String(200), nullable=False),
    Column("body", JSON, nullable=False),
)
"""The lookups that the current revision rests on, in the order of the detector: the most telling first."""

signal_people = Table(
    "signal_people",
    metadata,
    Column("signal_id", String(40), ForeignKey(signals.c.signal_id), primary_key=True),
    Column("pseudonym", String(100), primary_key=True),
)
"""Whom the evidence of the current revision names beside the signal itself: the employees where it names none, and the
persons where it names none; of other signals nobody stands here."""

intake_items = Table(
    "intake_items",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("signal_id", String(40), ForeignKey(signals.c.signal_id), nullable=False),
    Column("look_number", Integer, nullable=False),
    Column("rule", String(100), nullable=False),
    Column("status", String(20), nullable=False),
    Column("priority", Float, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("withdrawn_reason", Text),
    Column("received_at", Instant, nullable=False),
    Column("severity", String(20), nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("repeats", Integer, nullable=False, server_default="0"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("reason", String(40)),
    Column("round", Integer, nullable=False, server_default="1"),
    Column("assessment_count", Integer, nullable=False, server_default="0"),
    Column("clock_started_at", Instant),
    Column("due_at", Instant),
    Column("closed_at", Instant),
    Column("decided_revision", Integer),
    Column("breach_due_at", Instant),
    UniqueConstraint("signal_id", "look_number"),
)
"""What awaits an investigator: one item per pushed signal and round of looks.

`repeats` is how many lookups of the evidence came while a warning was in force; the priority is the signal's score and
what that adds. Rule, severity, `raised_at` and withdrawal are the signal's own: filters work on them without opening
signals.

`version` counts every change. `assessment_count` is that of the current `round`. `due_at` is the end of the thirteen
weeks, null while they do not run: suspended, ended, or withdrawn before anybody assessed. They run from receipt, or
from `clock_started_at` where the signal came back after that. `decided_revision` is the
signal's revision that the decision was taken on, `breach_due_at` the end of the 72 hours while those run.
"""

queueing = (intake_items.c.priority.desc(), intake_items.c.received_at, intake_items.c.id)
Index("ix_intake_items_queued", *queueing)
Index("ix_intake_items_queued_by_rule", intake_items.c.rule, *queueing)
Index("ix_intake_items_queued_by_status", intake_items.c.status, *queueing)
Index("ix_intake_items_queued_by_severity", intake_items.c.severity, *queueing)
Index("ix_intake_items_oldest", intake_items.c.status, intake_items.c.withdrawn, intake_items.c.received_at)

warnings = Table(
    "warnings",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("employee_id", String(100), nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("recorded_by", String(200), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    UniqueConstraint("employee_id", "given_at", "reason"),
)
"""Warnings that an employee (by pseudonym) was given, in force until a moment; rows are only added."""

publications = Table(
    "publications",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    Column("event_id", String(100), nullable=False),
    Column("signal_id", String(40), ForeignKey(signals.c.signal_id), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("happening", String(20), nullable=False),
    Column("status", String(20), nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("sent_at", Instant),
    UniqueConstraint("signal_id", "revision"),
)
"""The outbox of events: a row per revision of a pushed signal; `sent_at` is null until the broker has it."""

waiting = publications.c.sent_at.is_(None)
Index(
    "ix_publications_waiting",
    publications.c.signal_id,
    publications.c.id,
    sqlite_where=waiting,
    postgresql_where=waiting,
)
