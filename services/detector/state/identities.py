"""Sealed identities into rows, in the transaction of the lookups that brought them, and those of some people back."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from sqlalchemy import Connection, Engine, select

from services.core.pseudonyms import PAIR, WORD
from services.detector.sealing import Keys, Sealed
from services.detector.state.connection import insert_new, reading
from services.detector.state.schema import ENVELOPES, IDENTITIES

AT_ONCE = 500
"""Keys of one query; SQLite takes some thousands of values."""
ROWS_AT_ONCE = 50_000


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
    rows = [row | {"envelope": envelope} for row in sealed.rows.iter_rows(named=True)]
    connection.execute(insert_new(connection, IDENTITIES), rows)


def _halves(pseudonym: str) -> tuple[int, int]:
    key, check = PAIR.unpack(bytes.fromhex(pseudonym.partition("-")[2]))
    return key, check


def _parts(keys: Collection[int]) -> Iterator[list[int]]:
    rest = iter(keys)
    while part := list(islice(rest, AT_ONCE)):
        yield part
