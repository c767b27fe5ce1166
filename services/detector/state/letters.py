"""Sealed dead letters into rows, and all rows back into a frame."""

from __future__ import annotations

import polars as pl
from sqlalchemy import Connection, select

from services.core.contract import DEAD_LETTER, LOOKUP
from services.detector.state.connection import insert_new
from services.detector.state.schema import DEAD_LETTERS

KEY = ["record", "position"]
OF_NO_PARTITION = ""
"""Stands for the partition of rows of registers, whose positions tell file or topic: they are read again at a start,
beside whatever partition comes first."""


def bury(connection: Connection, dead: pl.DataFrame, partition: str, now_us: int, *, to_tell: bool) -> pl.DataFrame:
    """Adds dead letters (columns of contract DEAD_LETTER) of a partition; those that were not there, as they came.

    One that is there already stays as it is. With `to_tell` each is marked for the topic of dead letters.
    """
    if dead.is_empty():
        return dead
    told = dead.select(list(DEAD_LETTER.schema)).iter_rows(named=True)
    rows = [{**letter, "partition": partition, "committed_us": now_us, "to_tell": to_tell} for letter in told]
    for row in rows:
        if row["record"] != LOOKUP.name:
            row["partition"] = OF_NO_PARTITION
    added = connection.execute(
        insert_new(connection, DEAD_LETTERS).returning(*(DEAD_LETTERS.c[key] for key in KEY)), rows
    )
    new = pl.DataFrame([tuple(row) for row in added], schema={key: dead.schema[key] for key in KEY}, orient="row")
    return dead.unique(KEY, keep="first", maintain_order=True).join(new, on=KEY, how="semi", maintain_order="left")


def read_letters(connection: Connection) -> pl.DataFrame:
    """All dead letters, oldest first, as contract DEAD_LETTER."""
    columns = [DEAD_LETTERS.c[name] for name in DEAD_LETTER.schema]
    rows = [tuple(row) for row in connection.execute(select(*columns).order_by(DEAD_LETTERS.c.id))]
    return pl.DataFrame(rows, schema=DEAD_LETTER.schema, orient="row")
