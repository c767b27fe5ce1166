"""Encoded lookups into parts of their local days, and back to the rows of some people, ids or days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl
from sqlalchemy import Connection, delete, func, insert, select, update

from services.core.archive import ARCHIVED, ORDER, Wanted, read_part, write_part
from services.detector.state.places import forget_prints, keep_prints, parts_with, settle_prints
from services.detector.state.schema import ARCHIVE, ARCHIVE_PRINTS

FAN_IN = 16
"""So many parts of one level become one of the next; each lookup is rewritten once per level, not per slice."""

FULL_ROWS = 10_000
"""What is asked for by person is fetched in whole parts, some 60 bytes a lookup: these are half a megabyte or more."""
FULL = -1
"""Level of a part that is left alone: it is large enough, or its day is settled."""
TO_SETTLE = -2
"""Level of a part of a day that is over, until it is laid by employee."""

OPEN_DAYS = 2
"""The last days of the archive stay open; when another begins, those before are to be settled."""
LAID_TOGETHER = 300_000
"""So many lookups of a settled day are sorted together by employee: some 100 MB of memory, and a second. One commit
takes no more of them, so that readers who wait for it do not wait in vain; the next one goes on."""


def append(connection: Connection, lookups: pl.DataFrame, key_version: int) -> None:
    """Adds one slice's encoded lookups to their days, and merges small parts of a day where enough have gathered.

    Without merging a quiet stream would leave hundreds of thousands of tiny parts a day, 4 ms each to read back. The
    first lookups of a new day begin to settle the days before; this and the next calls do so, a piece each.
    """
    if lookups.is_empty():
        return
    newest = connection.execute(select(func.max(ARCHIVE.c.day))).scalar_one()
    for of_day in lookups.partition_by("day", maintain_order=True):
        day = int(of_day["day"].to_physical()[0])
        _insert(connection, of_day, day, 0, key_version)
        level = 0
        while len(small := _parts(connection, day, level, key_version)) >= FAN_IN:
            _merge(connection, small, day, level + 1, key_version)
            level += 1
    last = int(lookups["day"].sort().to_physical()[-1])
    if newest is not None and last > newest:
        unsettled = select(ARCHIVE_PRINTS.c.part)
        over = (ARCHIVE.c.day <= last - OPEN_DAYS) & ARCHIVE.c.id.in_(unsettled)
        connection.execute(update(ARCHIVE).where(over).values(level=TO_SETTLE))
    _settle(connection)


def read(connection: Connection, wanted: Wanted) -> pl.DataFrame:
    """Archived lookups (ARCHIVED) in no particular order; only parts that may hold some of them are fetched."""
    found = (read_part(body, wanted) for body in _bodies(connection, parts_with(connection, wanted)))
    return pl.concat([pl.DataFrame(schema=ARCHIVED), *found], how="diagonal_relaxed")


def _bodies(connection: Connection, parts: Sequence[int]) -> Iterator[bytes]:
    """A few at a time: PostgreSQL's driver would fetch the whole archive into memory first."""
    for place in range(0, len(parts), FAN_IN):
        these = select(ARCHIVE.c.body).where(ARCHIVE.c.id.in_(parts[place : place + FAN_IN]))
        yield from connection.execute(these).scalars()


def _parts(connection: Connection, day: int, level: int, key_version: int) -> Sequence[int]:
    mine = (ARCHIVE.c.day == day) & (ARCHIVE.c.level == level) & (ARCHIVE.c.key_version == key_version)
    return connection.execute(select(ARCHIVE.c.id).where(mine)).scalars().all()


def _merge(connection: Connection, small: Sequence[int], day: int, level: int, key_version: int) -> None:
    merged = pl.concat([read_part(body) for body in _bodies(connection, small)], how="diagonal_relaxed")
    forget_prints(connection, small)
    connection.execute(delete(ARCHIVE).where(ARCHIVE.c.id.in_(small)))
    _insert(connection, merged, day, level, key_version)


def _insert(connection: Connection, lookups: pl.DataFrame, day: int, level: int, key_version: int) -> None:
    """One part, or where they fill several, parts of an employee's lookups each."""
    parts = max(1, lookups.height // FULL_ROWS)
    for part in lookups.sort(ORDER).iter_slices(-(-lookups.height // parts)):
        row = insert(ARCHIVE).values(
            day=day,
            level=FULL if lookups.height >= FULL_ROWS else level,
            key_version=key_version,
            rows=part.height,
            body=write_part(part, key_version),
        )
        keep_prints(connection, connection.execute(row.returning(ARCHIVE.c.id)).scalar_one(), part)


def _settle(connection: Connection) -> None:
    """Lays parts that are to be settled by employee; of a day of which all are, the prints are sorted."""
    room = LAID_TOGETHER
    to_settle = select(ARCHIVE.c.day).join(ARCHIVE_PRINTS, ARCHIVE_PRINTS.c.part == ARCHIVE.c.id)
    days = to_settle.where(ARCHIVE.c.level == TO_SETTLE).distinct().order_by(ARCHIVE.c.day)
    for day in connection.execute(days).scalars().all():
        for version, parts, rows in _together(connection, day):
            if rows > room and room < LAID_TOGETHER:
                return
            _merge(connection, parts, day, FULL, version)
            room -= rows
        settle_prints(connection, select(ARCHIVE.c.id).where(ARCHIVE.c.day == day, ARCHIVE.c.level == FULL), day)


def _together(connection: Connection, day: int) -> list[tuple[int, list[int], int]]:
    """The parts of a day that are to be settled, in groups that are laid together: keys' version, parts, lookups."""
    mine = (ARCHIVE.c.day == day) & (ARCHIVE.c.level == TO_SETTLE)
    parts = select(ARCHIVE.c.id, ARCHIVE.c.key_version, ARCHIVE.c.rows).where(mine)
    groups: list[tuple[int, list[int], int]] = []
    for part, version, rows in connection.execute(parts.order_by(ARCHIVE.c.key_version, ARCHIVE.c.id)):
        if groups and version == groups[-1][0] and groups[-1][2] + rows <= LAID_TOGETHER:
            _, held, before = groups.pop()
            groups.append((version, [*held, part], before + rows))
        else:
            groups.append((version, [part], rows))
    return groups
