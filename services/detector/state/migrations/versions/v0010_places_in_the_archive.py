"""Which people and lookups each part of the archive may hold; of what is archived already it is read out of it."""

from __future__ import annotations

import io
import zlib

import numpy as np
import polars as pl
import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
KINDS = {"employee": 0x9E3779B97F4A7C15, "subject": 0xC2B2AE3D27D4EB4F, "lookup_id": 0x165667B19E3779F9}
IN_A_BUCKET, DEEPEST, BITS = 1_000, 10, 32
OPEN_DAYS = 2
FULL = -1

Parts = dict[int, np.ndarray]
"""The prints of each part."""


def upgrade() -> None:
    """Adds the tables of prints and places; days of the archive but the last are settled, a day at a time."""
    prints = op.create_table(
        "archive_prints",
        sa.Column("part", NUMBER, sa.ForeignKey("archive.id"), primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    places = op.create_table(
        "archive_places",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("bucket", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("archive_places_by_bucket", "archive_places", ["bucket", "day"])
    connection = op.get_bind()
    columns = sa.column("id", NUMBER), sa.column("day", sa.Integer), sa.column("level", sa.Integer)
    archive = sa.table("archive", *columns, sa.column("body", sa.LargeBinary))
    days = connection.execute(sa.select(archive.c.day).distinct().order_by(archive.c.day)).scalars().all()
    for day in days:
        of_day = sa.select(archive.c.id).where(archive.c.day == day)
        ids = connection.execute(of_day.order_by(archive.c.id)).scalars().all()
        bodies = ((part, sa.select(archive.c.body).where(archive.c.id == part)) for part in ids)
        found = {part: _prints_of(connection.execute(body).scalar_one()) for part, body in bodies}
        if day > days[-1] - OPEN_DAYS:
            connection.execute(
                sa.insert(prints), [{"part": part, "body": held.tobytes()} for part, held in found.items()]
            )
        else:
            connection.execute(sa.insert(places), [row | {"day": day} for row in _buckets(found)])
            connection.execute(sa.update(archive).where(archive.c.day == day).values(level=FULL))


def _buckets(found: Parts) -> list[dict[str, object]]:
    depth = min(DEEPEST, (sum(prints.size for prints in found.values()) // IN_A_BUCKET).bit_length())
    starts = np.arange(2**depth + 1, dtype=np.uint64) << np.uint64(BITS - depth)
    edges = {part: np.searchsorted(prints, starts) for part, prints in found.items()}
    rows = []
    for place in range(2**depth):
        slices = {part: prints[edges[part][place] : edges[part][place + 1]] for part, prints in found.items()}
        held = {part: prints for part, prints in slices.items() if prints.size}
        if held:
            rows.append({"bucket": 2**depth + place, "body": _packed(held)})
    return rows


def _packed(held: Parts) -> bytes:
    counts = np.array([len(held), *(prints.size for prints in held.values())], "<u4")
    head = counts[:1].tobytes() + np.array(list(held), "<i8").tobytes() + counts[1:].tobytes()
    return head + b"".join(prints.tobytes() for prints in held.values())


def _prints_of(body: bytes) -> np.ndarray:
    lookups = pl.read_parquet(io.BytesIO(body), columns=list(KINDS))
    found = np.unique(np.concatenate([_prints(lookups[kind], seed) for kind, seed in KINDS.items()]))
    return found.astype("<u4")


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
