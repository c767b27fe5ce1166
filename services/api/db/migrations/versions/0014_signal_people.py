"""Whom the evidence of a signal names, where the signal itself names none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NAMED = {"sqlite": "json_extract(evidence.body, '$.{}')", "postgresql": "evidence.body ->> '{}'"}
"""A name in a lookup of the evidence, by the kind of database."""
SIDES = {"employee_id": "employeeId", "subject": "subject"}


def upgrade() -> None:
    """Add the table, with everybody whom the evidence that is there names."""
    op.create_table(
        "signal_people",
        sa.Column("signal_id", sa.String(40), nullable=False),
        sa.Column("pseudonym", sa.String(100), nullable=False),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.signal_id"], name="fk_signal_people_signal_id_signals"),
        sa.PrimaryKeyConstraint("signal_id", "pseudonym", name="pk_signal_people"),
    )
    named = NAMED[op.get_bind().dialect.name]
    found = " UNION ".join(
        f"SELECT evidence.signal_id, {named.format(name)} AS pseudonym FROM evidence "  # noqa: S608 - words of our own
        f"JOIN signals ON signals.signal_id = evidence.signal_id WHERE signals.{column} IS NULL"
        for column, name in SIDES.items()
    )
    op.execute(
        f"INSERT INTO signal_people (signal_id, pseudonym) "  # noqa: S608 - words of our own
        f"SELECT signal_id, pseudonym FROM ({found}) AS people WHERE pseudonym IS NOT NULL"
    )
