"""The archive by local day and in Parquet; what an earlier release archived is written anew."""

from __future__ import annotations

import io

import polars as pl
import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
FIRST_KEYS = 1
"""No earlier release could change the keys of pseudonyms."""
FULL_ROWS = 100_000
FULL, SMALL = -1, 0


def upgrade() -> None:
    """Makes the new table, moves the lookups a blob at a time, and drops the old one."""
    op.drop_index("archive_by_level", "archive")
    op.rename_table("archive", "archive_by_slice")
    archive = op.create_table(
        "archive",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("key_version", sa.Integer, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("archive_by_day", "archive", ["day", "level"])
    connection = op.get_bind()
    old = sa.table("archive_by_slice", sa.column("id", NUMBER), sa.column("body", sa.LargeBinary))
    for number in connection.execute(sa.select(old.c.id).order_by(old.c.id)).scalars().all():
        body = connection.execute(sa.select(old.c.body).where(old.c.id == number)).scalar_one()
        parts = pl.read_ipc(body).partition_by("day", maintain_order=True)
        connection.execute(sa.insert(archive), [_part(lookups) for lookups in parts])
    op.drop_table("archive_by_slice")


def _part(lookups: pl.DataFrame) -> dict[str, object]:
    buffer = io.BytesIO()
    lookups.sort("employee", "at", "lookup_id").write_parquet(
        buffer, compression="zstd", row_group_size=20_000, metadata={"doelbinding.key_version": str(FIRST_KEYS)}
    )
    return {
        "day": int(lookups["day"].to_physical()[0]),
        "level": FULL if lookups.height >= FULL_ROWS else SMALL,
        "key_version": FIRST_KEYS,
        "rows": lookups.height,
        "body": buffer.getvalue(),
    }
