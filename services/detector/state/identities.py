"""Sealed identities into rows, in the transaction of the lookups that brought them, and those of some people back."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import polars as pl
from sqlalchemy import Connection, Engine, select

from services.core.pseudonyms import PAIR, WORD
from services.detector.sealing import Keys, Sealed
from services.detector.state.connection import insert_new, reading
from services.detector.state.schema import ENVELOPES, IDENTITIES

AT_ONCE = 500
"""Keys of one query; SQLite takes some thousands of values."""
ROWS_AT_ONCE = 50_000

# written out: there are thousands in a slice, and a statement of SQLAlchemy's own takes thrice the time for each
ONE_BY_ONE_SQL = (
    'INSERT INTO identities (key, "check", kind, envelope, sealed) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING'
)
AT_ONCE_SQL = (
    'INSERT INTO identities (key, "check", kind, envelope, sealed) '
    'SELECT new.key, new."check", new.kind, %s, new.sealed FROM '
    'unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bytea[]) AS new(key, "check", kind, sealed) '
    "ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True)
class Identity:
    """A sealed identity as the API takes it; `sealed` begins with the envelope of its batch."""

    pseudonym: str
    kind: str
    key_id: str
    sealed: bytes


class Identities:
    """The sealed identities of the store; may be used from any thread. Every method raises StoreUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keys(self) -> Keys:
        """The keys of all that are stored."""
        with reading(self._engine) as connection:
            found = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(select(IDENTITIES.c.key))
            return np.fromiter((key for (key,) in found), np.int64)

    def of(self, pseudonyms: Collection[str]) -> list[Identity]:
        """Those of these people that are stored, in order of their pseudonyms."""
        halves = {_halves(pseudonym): pseudonym for pseudonym in sorted(pseudonyms)}
        query = select(IDENTITIES, ENVELOPES.c.key_id, ENVELOPES.c.body).join(ENVELOPES)
        found = list[Identity]()
        with reading(self._engine) as connection:
            for keys in _parts([key for key, _ in halves]):
                for row in connection.execute(query.where(IDENTITIES.c.key.in_(keys))):
                    if pseudonym := halves.get((row.key, row.check)):
                        found.append(Identity(pseudonym, row.kind, row.key_id, row.body + row.sealed))
        return sorted(found, key=lambda identity: identity.pseudonym)


def keep_identities(connection: Connection, sealed: Sealed) -> None:
    """Adds those that are not there yet, last of its transaction: two that add the same people wait for each other.

    They come in order of their keys, so that neither waits for ever.
    """
    if sealed.rows.is_empty():
        return
    (envelope,) = WORD.unpack(hashlib.sha256(sealed.envelope).digest()[: WORD.size])
    batch = {"id": envelope, "key_id": sealed.key_id, "body": sealed.envelope}
    connection.execute(insert_new(connection, ENVELOPES), [batch])
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(AT_ONCE_SQL, (envelope, *_arrays(sealed.rows)))
    else:
        rows = sealed.rows.select("key", "check", "kind", pl.lit(envelope), "sealed")
        connection.exec_driver_sql(ONE_BY_ONE_SQL, rows.rows())


def _arrays(rows: pl.DataFrame) -> list[str]:
    """The columns as PostgreSQL writes arrays: the driver takes ten times as long to turn lists into them."""
    numbers = [",".join(map(str, rows[name].to_list())) for name in ("key", "check")]
    sealed = ",".join(f'"\\\\x{body.hex()}"' for body in rows["sealed"].to_list())
    return [f"{{{column}}}" for column in (*numbers, ",".join(rows["kind"].to_list()), sealed)]


def _halves(pseudonym: str) -> tuple[int, int]:
    key, check = PAIR.unpack(bytes.fromhex(pseudonym.partition("-")[2]))
    return key, check


def _parts(keys: Collection[int]) -> Iterator[list[int]]:
    rest = iter(keys)
    while part := list(islice(rest, AT_ONCE)):
        yield part
