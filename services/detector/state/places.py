"""Keys of people and lookups into the parts of the archive that may hold them, so that no other part is fetched.

A part is written with the prints of its keys: four bytes for each distinct employee, subject and lookup id. Once a day
is over, the prints of its parts are sorted into buckets, so that a question about one person reads one bucket of each
day. A print may be another key's too: a part is then read in vain, and never left out.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Select, delete, insert, select, true

from services.core.archive import Wanted
from services.detector.state.schema import ARCHIVE, ARCHIVE_PLACES, ARCHIVE_PRINTS

IN_A_BUCKET = 1_000
"""About so many prints share a bucket, 4 kB: more to read for one person, or more rows to write for a day."""
DEEPEST = 10
"""A day has at most 2**10 buckets: by the leading bits of the prints, as many bits as the day needs."""
BITS = 32
AT_ONCE = 16
"""So many buckets are fetched together: some megabytes of a year, and looked through at once, as the server bears with
nobody who stands still within a transaction."""
MANY = 1_000
"""Who asks for more keys than this asks for most parts: looking up which would cost more than it saves."""

KINDS = {"employee": 0x9E3779B97F4A7C15, "subject": 0xC2B2AE3D27D4EB4F, "lookup_id": 0x165667B19E3779F9}
"""Tells the prints of employees, subjects and ids apart."""

Prints = NDArray[np.uint32]
STORED = np.dtype("<u4")
PARTS = np.dtype("<i8")


def prints_of(lookups: pl.DataFrame) -> Prints:
    """The prints of all employees, subjects and ids of these lookups, in order and each once."""
    return np.unique(np.concatenate([_prints(lookups[kind], kind) for kind in KINDS]))


def keep_prints(connection: Connection, part: int, lookups: pl.DataFrame) -> None:
    """Stores the prints of a new part."""
    body = prints_of(lookups).astype(STORED).tobytes()
    connection.execute(insert(ARCHIVE_PRINTS).values(part=part, body=body))


def forget_prints(connection: Connection, parts: Sequence[int]) -> None:
    """Forgets the prints of parts that are no more."""
    connection.execute(delete(ARCHIVE_PRINTS).where(ARCHIVE_PRINTS.c.part.in_(parts)))


def settle_prints(connection: Connection, parts: Select[tuple[int]], day: int) -> None:
    """Sorts the prints of these parts of a day, which no merge touches any more, into buckets."""
    theirs = select(ARCHIVE_PRINTS).where(ARCHIVE_PRINTS.c.part.in_(parts))
    found = {part: np.frombuffer(body, STORED) for part, body in connection.execute(theirs)}
    depth = min(DEEPEST, (sum(prints.size for prints in found.values()) // IN_A_BUCKET).bit_length())
    starts = np.arange(2**depth + 1, dtype=np.uint64) << np.uint64(BITS - depth)
    edges = {part: np.searchsorted(prints, starts) for part, prints in found.items()}
    rows = []
    for place in range(2**depth):
        held = {part: prints[edges[part][place] : edges[part][place + 1]] for part, prints in found.items()}
        body = _packed({part: prints for part, prints in held.items() if prints.size})
        rows.append({"day": day, "bucket": 2**depth + place, "body": body})
    connection.execute(insert(ARCHIVE_PLACES), [row for row in rows if row["body"]])
    forget_prints(connection, list(found))


def parts_with(connection: Connection, wanted: Wanted) -> list[int]:
    """The parts that may hold what is asked for, in the order in which they were written."""
    of_days = _of_days(wanted, ARCHIVE.c.day)
    asked = _asked(wanted)
    if asked is None or asked.size > MANY:
        return list(connection.execute(select(ARCHIVE.c.id).where(of_days).order_by(ARCHIVE.c.id)).scalars())
    unsettled = select(ARCHIVE_PRINTS).join(ARCHIVE, ARCHIVE.c.id == ARCHIVE_PRINTS.c.part).where(of_days)
    found = {part for part, body in connection.execute(unsettled) if _holds(np.frombuffer(body, STORED), asked)}
    for bucket, body in _buckets(connection, wanted, asked):
        found.update(_parts_in(body, _within(bucket, asked)))
    return sorted(found)


def _buckets(connection: Connection, wanted: Wanted, asked: Prints) -> Iterator[tuple[int, bytes]]:
    """Every bucket, of whatever depth, that may hold one of these prints."""
    of_days = _of_days(wanted, ARCHIVE_PLACES.c.day)
    numbers = asked.astype(np.uint64) + np.uint64(2**BITS)
    buckets = np.unique(numbers >> np.arange(BITS - DEEPEST, BITS + 1, dtype=np.uint64)[:, None]).tolist()
    for place in range(0, len(buckets), AT_ONCE):
        mine = ARCHIVE_PLACES.c.bucket.in_(buckets[place : place + AT_ONCE])
        for row in connection.execute(select(ARCHIVE_PLACES).where(mine, of_days)):
            yield row.bucket, row.body


def _within(bucket: int, asked: Prints) -> Prints:
    """The prints, in order, that a bucket of this number may hold."""
    beyond = BITS + 1 - bucket.bit_length()
    first, end = ((number << beyond) - 2**BITS for number in (bucket, bucket + 1))
    return asked[np.searchsorted(asked, first) : np.searchsorted(asked, end)]


def _asked(wanted: Wanted) -> Prints | None:
    """The prints of all that is asked for by key; None: nothing is, whoever it was counts."""
    given = [_prints(values, kind) for kind, values in wanted.keys.items()]
    return np.unique(np.concatenate(given)) if given else None


def _of_days(wanted: Wanted, column: ColumnElement[int]) -> ColumnElement[bool]:
    return true() if wanted.days is None else column.in_(wanted.days.drop_nulls().unique().to_physical().to_list())


def _prints(values: pl.Series, kind: str) -> Prints:
    """The upper half of a mix (splitmix64) of each distinct value; the same for ever: they are stored."""
    distinct = values.drop_nulls().unique()
    if distinct.dtype == pl.String:
        numbers = np.fromiter((zlib.crc32(text.encode()) for text in distinct), np.uint64, len(distinct))
    else:
        numbers = distinct.cast(pl.Int64).to_numpy().view(np.uint64)
    mixed = numbers ^ np.uint64(KINDS[kind])
    for factor, shift in ((0xBF58476D1CE4E5B9, 30), (0x94D049BB133111EB, 27)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(32)).astype(np.uint32)


def _holds(prints: Prints, asked: Prints) -> bool:
    return bool(np.isin(asked, prints, assume_unique=True).any())


def _packed(prints_by_part: dict[int, Prints]) -> bytes:
    """How many parts, their ids, how many prints each has, and all prints."""
    if not prints_by_part:
        return b""
    ids, prints = list(prints_by_part), list(prints_by_part.values())
    counts = np.array([len(ids), *(each.size for each in prints)], STORED)
    head = counts[:1].tobytes() + np.array(ids, PARTS).tobytes() + counts[1:].tobytes()
    return head + b"".join(each.tobytes() for each in prints)


def _parts_in(body: bytes, asked: Prints) -> list[int]:
    """The parts of a packed bucket that may hold any of these keys."""
    (count,) = np.frombuffer(body, STORED, 1)
    ids = np.frombuffer(body, PARTS, count, STORED.itemsize)
    rest = np.frombuffer(body, STORED, offset=STORED.itemsize + ids.nbytes)
    hits = np.flatnonzero((rest[count:] == asked[:, None]).any(axis=0))
    ends = np.cumsum(rest[:count])
    return ids[np.searchsorted(ends, hits, side="right")].tolist() if hits.size else []
