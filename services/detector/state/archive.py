"""Encoded lookups into parts of their local days, and back to the rows of some employees, subjects or days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl
from sqlalchemy import Connection, delete, insert, select

from services.core.archive import ARCHIVED, Wanted, read_part, write_part
from services.detector.state.schema import ARCHIVE

FAN_IN = 16
"""So many parts of one level become one of the next; each lookup is rewritten once per level, not per slice."""

FULL_ROWS = 100_000
FULL = -1
"""Level of a part that is large enough to be left alone."""


def append(connection: Connection, lookups: pl.DataFrame, key_version: int) -> None:
    """Adds one slice's encoded lookups to their days, and merges small parts of a day where enough have gathered.

    Without merging a quiet stream would leave hundreds of thousands of tiny parts a day, 4 ms each to read back.
    """
    if lookups.is_empty():
        return
    for of_day in lookups.partition_by("day", maintain_order=True):
        day = int(of_day["day"].to_physical()[0])
        _insert(connection, of_day, day, 0, key_version)
        level = 0
        while len(small := _parts(connection, day, level, key_version)) >= FAN_IN:
            _merge(connection, small, day, level, key_version)
            level += 1


def read(connection: Connection, wanted: Wanted) -> pl.DataFrame:
    """Archived lookups (ARCHIVED) in no particular order; only parts of the days asked for are looked at."""
    found = (read_part(body, wanted) for body in _bodies(connection, wanted))
    return pl.concat([pl.DataFrame(schema=ARCHIVED), *found], how="diagonal_relaxed")


def _bodies(connection: Connection, wanted: Wanted) -> Iterator[bytes]:
    """A few at a time: PostgreSQL's driver would fetch the whole archive into memory first."""
    asked = select(ARCHIVE.c.id, ARCHIVE.c.body).order_by(ARCHIVE.c.id).limit(FAN_IN)
    if wanted.days is not None:
        asked = asked.where(ARCHIVE.c.day.in_(wanted.days.drop_nulls().unique().to_physical().to_list()))
    last = 0
    while rows := connection.execute(asked.where(ARCHIVE.c.id > last)).all():
        last = rows[-1].id
        yield from (row.body for row in rows)


def _parts(connection: Connection, day: int, level: int, key_version: int) -> Sequence[int]:
    mine = (ARCHIVE.c.day == day) & (ARCHIVE.c.level == level) & (ARCHIVE.c.key_version == key_version)
    return connection.execute(select(ARCHIVE.c.id).where(mine)).scalars().all()


def _merge(connection: Connection, small: Sequence[int], day: int, level: int, key_version: int) -> None:
    mine = ARCHIVE.c.id.in_(small)
    bodies = connection.execute(select(ARCHIVE.c.body).where(mine)).scalars()
    merged = pl.concat([read_part(body) for body in bodies], how="diagonal_relaxed")
    connection.execute(delete(ARCHIVE).where(mine))
    _insert(connection, merged, day, level + 1, key_version)


def _insert(connection: Connection, lookups: pl.DataFrame, day: int, level: int, key_version: int) -> None:
    connection.execute(
        insert(ARCHIVE).values(
            day=day,
            level=FULL if lookups.height >= FULL_ROWS else level,
            key_version=key_version,
            rows=lookups.height,
            body=write_part(lookups, key_version),
        )
    )
