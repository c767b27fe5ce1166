"""Settlements by auditors, of what two other auditors judged differently about a reader of signals."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LEADS = "ordinal < 3 OR role IN ('lead', 'auditor')"


def upgrade() -> None:
    """Widen the check; SQLite makes the table anew, with its rows."""
    with op.batch_alter_table("assessments") as table:
        table.drop_constraint("ck_assessments_settled_by_a_lead", type_="check")
        table.create_check_constraint("ck_assessments_settled_by_who_leads", LEADS)
