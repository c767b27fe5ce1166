"""Interests of readers in employees and subjects, and the window beside each signal that they are held against."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.api.db.types import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WINDOWS = {
    "postgresql": """UPDATE signals SET
        window_start = (body ->> 'windowStart')::timestamptz, window_end = (body ->> 'windowEnd')::timestamptz""",
    "sqlite": """UPDATE signals SET
        window_start = replace(substr(json_extract(body, '$.windowStart'), 1, 26), 'T', ' '),
        window_end = replace(substr(json_extract(body, '$.windowEnd'), 1, 26), 'T', ' ')""",
}
"""A signal's own times stand in its body in UTC with six decimals, which is how SQLite keeps a moment."""


def upgrade() -> None:
    """Add the tables, and the columns of the window, filled from what was delivered."""
    op.create_table(
        "interest_readers",
        sa.Column("reader", sa.String(100), nullable=False),
        sa.Column("loaded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("reader", name="pk_interest_readers"),
    )
    op.create_table(
        "interests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), nullable=False),
        sa.Column("reader", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("employee_id", sa.String(100)),
        sa.Column("subject", sa.String(100)),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.Column("valid_from", Instant()),
        sa.Column("valid_to", Instant()),
        sa.ForeignKeyConstraint(["reader"], ["interest_readers.reader"], name="fk_interests_reader_interest_readers"),
        sa.PrimaryKeyConstraint("id", name="pk_interests"),
        sa.CheckConstraint("(employee_id IS NULL) <> (subject IS NULL)", name="of_one"),
        sa.CheckConstraint("standing OR valid_to IS NOT NULL", name="bounded"),
    )
    op.create_index("ix_interests_by_employee", "interests", ["reader", "employee_id"])
    op.create_index("ix_interests_by_subject", "interests", ["reader", "subject"])
    op.add_column("signals", sa.Column("window_start", Instant()))
    op.add_column("signals", sa.Column("window_end", Instant()))
    op.execute(WINDOWS[op.get_bind().dialect.name])
