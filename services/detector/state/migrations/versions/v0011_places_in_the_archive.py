"""Which people and lookups each part of the archive may hold; of what is archived already it is read out of it."""

from __future__ import annotations

import io
import zlib

import numpy as np
import polars as pl
import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0007"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
KINDS = {"employee": 0x9E3779B97F4A7C15, "subject": 0xC2B2AE3D27D4EB4F, "lookup_id": 0x165667B19E3779F9}


def upgrade() -> None:
    """Adds the tables of prints and places, and the prints of all parts, a part at a time."""
    prints = op.create_table(
        "archive_prints",
        sa.Column("part", NUMBER, sa.ForeignKey("archive.id"), primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "archive_places",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("bucket", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("archive_places_by_bucket", "archive_places", ["bucket", "day"])
    connection = op.get_bind()
    archive = sa.table("archive", sa.column("id", NUMBER), sa.column("body", sa.LargeBinary))
    for number in connection.execute(sa.select(archive.c.id).order_by(archive.c.id)).scalars().all():
        body = connection.execute(sa.select(archive.c.body).where(archive.c.id == number)).scalar_one()
        lookups = pl.read_parquet(io.BytesIO(body), columns=list(KINDS))
        found = np.unique(np.concatenate([_prints(lookups[kind], seed) for kind, seed in KINDS.items()]))
        connection.execute(sa.insert(prints), {"part": number, "body": found.astype("<u4").tobytes()})


def _prints(values: pl.Series, seed: int) -> np.ndarray:
    distinct = values.drop_nulls().unique()
    if distinct.dtype == pl.String:
        numbers = np.fromiter((zlib.crc32(text.encode()) for text in distinct), np.uint64, len(distinct))
    else:
        numbers = distinct.cast(pl.Int64).to_numpy().view(np.uint64)
    mixed = numbers ^ np.uint64(seed)
    for factor, shift in ((0xBF58476D1CE4E5B9, 30), (0x94D049BB133111EB, 27)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(32)).astype(np.uint32)
