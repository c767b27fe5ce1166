"""Idempotency of requests that write, and news of items."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.api.db.types import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


TOLD = (
    "INSERT INTO item_news (item_id, status, version, withdrawn) "
    "VALUES (NEW.id, NEW.status, NEW.version, NEW.withdrawn);"
)
CHANGED = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in ("status", "version", "withdrawn"))
NEW, CHANGE = "item_news_of_new AFTER INSERT", "item_news_of_changed AFTER UPDATE"
CALL = "EXECUTE FUNCTION tell_item_news()"
ON_SQLITE = (
    f"CREATE TRIGGER {NEW} ON intake_items BEGIN {TOLD} END",
    f"CREATE TRIGGER {CHANGE} ON intake_items WHEN {CHANGED.replace('DISTINCT FROM', 'NOT')} BEGIN {TOLD} END",
)
ON_POSTGRESQL = (
    f"CREATE FUNCTION tell_item_news() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {TOLD} RETURN NULL; END $$",
    f"CREATE TRIGGER {NEW} ON intake_items FOR EACH ROW {CALL}",
    f"CREATE TRIGGER {CHANGE} ON intake_items FOR EACH ROW WHEN ({CHANGED}) {CALL}",
)


def upgrade() -> None:
    """Add the tables and the triggers; what was in the queue before is no news."""
    op.create_table(
        "answered_requests",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("answered_at", Instant(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_answered_requests"),
    )
    op.create_index("ix_answered_requests_answered_at", "answered_requests", ["answered_at"])
    op.create_table(
        "item_news",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), nullable=False),
        sa.Column("item_id", sa.String(40), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_item_news"),
        sqlite_autoincrement=True,
    )
    for statement in ON_SQLITE if op.get_bind().dialect.name == "sqlite" else ON_POSTGRESQL:
        op.execute(statement)
