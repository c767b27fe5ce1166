"""Encoded lookups into blobs by slice, and back to the rows of some employees or subjects."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import polars as pl
from sqlalchemy import Connection, delete, func, insert, select

from services.detector.encode import LOOKUPS
from services.detector.state.blobs import freeze, thaw
from services.detector.state.schema import ARCHIVE

Keys = Collection[int] | pl.Series
"""Integer keys of employees or subjects; nulls match nothing."""

TIME = "at"
FAN_IN = 16
"""So many blobs of one level become one of the next; each lookup is rewritten once per level, not per slice."""

FULL_ROWS = 100_000
FULL = -1
"""Level of a blob that is large enough to be left alone."""


def append(connection: Connection, lookups: pl.DataFrame) -> None:
    """Adds one slice's encoded lookups (time column `at`), and merges small blobs where enough have gathered.

    Without merging a quiet stream would leave hundreds of thousands of tiny blobs a day, 2 ms each to read back.
    """
    if lookups.is_empty():
        return
    level = 0
    _insert(connection, lookups, level)
    while _count(connection, level) >= FAN_IN:
        _merge(connection, level)
        level += 1


def read(connection: Connection, employees: Keys | None, subjects: Keys | None) -> pl.DataFrame:
    """Archived lookups in no particular order; see `Store.archive`."""
    wanted = _wanted(employees, subjects)
    found = (thaw(body).filter(wanted) for body in _bodies(connection))
    return pl.concat([pl.DataFrame(schema=LOOKUPS), *found], how="diagonal_relaxed")


def _bodies(connection: Connection) -> Iterator[bytes]:
    """A few at a time: PostgreSQL's driver would fetch the whole archive into memory first."""
    last = 0
    while rows := connection.execute(
        select(ARCHIVE.c.id, ARCHIVE.c.body).where(ARCHIVE.c.id > last).order_by(ARCHIVE.c.id).limit(FAN_IN)
    ).all():
        last = rows[-1].id
        yield from (row.body for row in rows)


def _wanted(employees: Keys | None, subjects: Keys | None) -> pl.Expr:
    keys = {"employee": employees, "subject": subjects}
    matches = [pl.col(name).is_in(list(values)) for name, values in keys.items() if values is not None]
    return pl.any_horizontal(matches).fill_null(value=False) if matches else pl.lit(value=True)


def _count(connection: Connection, level: int) -> int:
    return connection.execute(select(func.count()).where(ARCHIVE.c.level == level)).scalar_one()


def _merge(connection: Connection, level: int) -> None:
    blobs = connection.execute(select(ARCHIVE.c.body).where(ARCHIVE.c.level == level).order_by(ARCHIVE.c.id)).scalars()
    merged = pl.concat([thaw(body) for body in blobs], how="diagonal_relaxed")
    connection.execute(delete(ARCHIVE).where(ARCHIVE.c.level == level))
    _insert(connection, merged, level + 1)


def _insert(connection: Connection, lookups: pl.DataFrame, level: int) -> None:
    times = lookups[TIME].dt.epoch("us")
    connection.execute(
        insert(ARCHIVE).values(
            level=FULL if lookups.height >= FULL_ROWS else level,
            first_us=times.min(),
            last_us=times.max(),
            rows=lookups.height,
            body=freeze(lookups),
        )
    )
