"""The tables of the identity vault: sealed identities, and who revealed which of them to what end."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from services.api.db.tables import intake_items, metadata, ranking, signals
from services.api.db.types import Instant

identities = Table(
    "identities",
    metadata,
    Column("pseudonym", String(100), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("key_id", String(40), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("received_at", Instant, nullable=False),
)
"""The identities of people that pushed signals are about, sealed; only the private key of `key_id` opens them."""

revealers = Table("revealers", metadata, Column("reader", String(200), primary_key=True))
"""A row per reader who ever asked for a reveal or searched: it is locked while those of a day are counted."""

searches = Table(
    "searches",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    Column("asked_by", String(200), nullable=False),
    Column("asked_at", Instant, nullable=False),
)
"""That somebody searched for a known person, for as long as it counts; for whom is in the audit trail."""
Index("ix_searches_of_reader", searches.c.asked_by, searches.c.asked_at)

reveals = Table(
    "reveals",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("item_id", String(40), ForeignKey(intake_items.c.id), nullable=False),
    Column("field", String(20), nullable=False),
    Column("lookup_id", String(200)),
    Column("kind", String(20), nullable=False),
    Column("pseudonym", String(100), nullable=False),
    Column("purpose", String(40), nullable=False),
    Column("reason", Text, nullable=False),
    Column("case_number", String(100)),
    Column("status", String(20), nullable=False),
    Column("four_eyes", Boolean, nullable=False),
    Column("asked_by", String(200), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("approved_by", String(200)),
    Column("approved_at", Instant),
    Column("opened_at", Instant),
    CheckConstraint("approved_by <> asked_by", name="another_approves"),
    CheckConstraint(
        "status = 'pending' OR NOT four_eyes OR (approved_by IS NOT NULL AND approved_at IS NOT NULL)",
        name="approved_before_opened",
    ),
    CheckConstraint("(status = 'opened') = (opened_at IS NOT NULL)", name="opened_at_a_moment"),
)
"""What was asked to be revealed, never what was shown. With `four_eyes` another person approves before it is opened."""

newest = (reveals.c.asked_at.desc(), reveals.c.id)
Index("ix_reveals_of_reader", reveals.c.asked_by, *newest)
Index("ix_reveals_by_status", reveals.c.status, *newest)
Index("ix_reveals_of_item", reveals.c.item_id, *newest)
Index("ix_reveals_opened", reveals.c.asked_by, reveals.c.opened_at)
Index("ix_signals_ranked_by_employee", signals.c.employee_id, *ranking)
Index("ix_signals_ranked_by_subject", signals.c.subject, *ranking)
