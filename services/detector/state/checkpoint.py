"""State tables into the blobs of the buckets that changed, and all stored blobs back into tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from sqlalchemy import Connection, Table, bindparam, delete, insert, select

from services.detector.state.blobs import Digest, digests, freeze, part, thaw
from services.detector.state.schema import STATE

BucketKey = tuple[str, int]
"""State table and bucket."""


@dataclass(frozen=True)
class Changes:
    """What must be written to turn the stored state into another."""

    outdated: list[dict[str, object]]
    blobs: list[dict[str, object]]


class Digests:
    """Digests of tables that change one at a time: a table that is the very frame of the last call is not read again.

    Frames are never changed in place, so the same frame has the same digests.
    """

    def __init__(self) -> None:
        self._last: dict[str, tuple[pl.DataFrame, dict[int, Digest]]] = {}

    def of(self, tables: Mapping[str, pl.DataFrame]) -> dict[BucketKey, Digest]:
        """A digest per table and bucket that has rows."""
        self._last = {name: (frame, self._of_one(name, frame)) for name, frame in tables.items()}
        return {(name, bucket): digest for name, (_, found) in self._last.items() for bucket, digest in found.items()}

    def _of_one(self, name: str, frame: pl.DataFrame) -> dict[int, Digest]:
        last, found = self._last.get(name, (None, {}))
        return found if last is frame else digests(frame)


def changes(
    tables: Mapping[str, pl.DataFrame], stored: Mapping[BucketKey, Digest], fresh: Mapping[BucketKey, Digest]
) -> Changes:
    """What differs between the stored and the fresh digests, with the fresh blobs; needs no database."""
    outdated = [key for key, digest in stored.items() if fresh.get(key) != digest]
    changed = [key for key, digest in fresh.items() if stored.get(key) != digest]
    return Changes(
        [{"old_name": name, "old_bucket": bucket} for name, bucket in outdated],
        [_blob(tables[name], name, bucket) for name, bucket in changed],
    )


def write_tables(connection: Connection, made: Changes) -> None:
    """Replaces the outdated blobs."""
    if made.outdated:
        mine = (STATE.c.name == bindparam("old_name")) & (STATE.c.bucket == bindparam("old_bucket"))
        connection.execute(delete(STATE).where(mine), made.outdated)
    if made.blobs:
        connection.execute(insert(STATE), made.blobs)


def read_tables(connection: Connection) -> dict[str, pl.DataFrame]:
    """Every state table that has rows, its buckets in order."""
    parts: dict[str, list[pl.DataFrame]] = {}
    for row in connection.execute(select(STATE.c.name, STATE.c.body).order_by(STATE.c.name, STATE.c.bucket)):
        parts.setdefault(row.name, []).append(thaw(row.body))
    return {name: pl.concat(frames) for name, frames in parts.items()}


def write_values(connection: Connection, table: Table, values: Mapping[str, int | str]) -> None:
    """Sets the given keys of a table of two columns, key and value; other keys stay."""
    if not values:
        return
    key, value = table.columns
    connection.execute(delete(table).where(key == bindparam("old_key")), [{"old_key": name} for name in values])
    connection.execute(insert(table), [{key.name: name, value.name: what} for name, what in values.items()])


def _blob(table: pl.DataFrame, name: str, bucket: int) -> dict[str, object]:
    rows = part(table, bucket)
    return {"name": name, "bucket": bucket, "rows": rows.height, "body": freeze(rows)}
