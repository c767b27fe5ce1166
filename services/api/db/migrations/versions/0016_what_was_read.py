"""Which revision of its signal each assessment and each outcome rests on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None

RECORDED = {
    "assessments": ("'assess', 'settle'", "assessor", "given_at"),
    "outcomes": ("'record-outcome'", "recorded_by", "recorded_at"),
}
"""By table: the events that tell of a row, and its columns of who and when."""


def upgrade() -> None:
    """The history of the item told the revision with each; decisions that were taken stay as they are."""
    for table, (kinds, who, at) in RECORDED.items():
        op.add_column(table, sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        told = (
            f"SELECT max(item_events.revision) FROM item_events WHERE item_events.item_id = {table}.item_id "  # noqa: S608 - words of our own
            f"AND item_events.kind IN ({kinds}) AND item_events.actor = {table}.{who} AND item_events.at = {table}.{at}"
        )
        op.execute(f"UPDATE {table} SET revision = coalesce(({told}), 1)")  # noqa: S608 - words of our own
