"""Identities as they are decoded into sealed ones: each new one once, to the public key of the API's vault."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from services.core.pseudonyms import Pseudonymiser
from services.core.vault import Batch, VaultPublicKey
from services.detector.encode import IDENTITIES

SEALED = {"kind": pl.String(), "key": pl.Int64(), "check": pl.Int64(), "sealed": pl.Binary()}
"""A sealed identity: its kind, the two halves of its pseudonym, and what opens with the envelope of its batch."""

Keys = NDArray[np.int64]
MOST_KNOWN = 8_000_000
"""Identities that are remembered as stored: 64 megabytes. Beyond it they are forgotten, and offered to the store again,
which has them."""
MERGED_FROM = 100_000
"""So many new ones are kept apart, so that the large array is rarely copied."""


@dataclass(frozen=True)
class Sealed:
    """A batch of sealed identities (SEALED), in order of their keys; without rows it has no envelope."""

    rows: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SEALED))
    key_id: str = ""
    envelope: bytes = b""


class Known:
    """The keys of identities that the store has. Where two share a key (one pair in 2**64) the second is not sealed."""

    def __init__(self, keys: Keys) -> None:
        self._many = np.sort(keys)
        self._recent: Keys = np.empty(0, np.int64)

    def unknown(self, keys: Keys) -> NDArray[np.bool_]:
        """Which of the keys the store may not have."""
        return ~(_holds(self._many, keys) | _holds(self._recent, keys))

    def add(self, keys: Keys) -> None:
        """Remembers keys that were stored, given in order."""
        recent = np.sort(np.concatenate([self._recent, keys]), kind="stable")  # both in order: one pass
        if recent.size >= MERGED_FROM:
            together = np.concatenate([self._many, recent])
            self._many = np.sort(together if together.size <= MOST_KNOWN else recent, kind="stable")
            recent = np.empty(0, np.int64)
        self._recent = recent


class Sealer:
    """Seals under one public key; may be used by several threads."""

    def __init__(self, public: VaultPublicKey, pseudonyms: Pseudonymiser, known: Keys) -> None:
        """`known` are the keys of identities that the store has already."""
        self._public = public
        self._pseudonyms = pseudonyms
        self._known = Known(known)

    def seal(self, identities: pl.DataFrame) -> Sealed:
        """The new ones among IDENTITIES."""
        fresh = identities.filter(pl.Series(self._known.unknown(identities["key"].to_numpy()))).sort("key", "check")
        if fresh.is_empty():
            return Sealed()
        batch = Batch(self._public)
        sealed = [
            batch.seal(kind, self._pseudonyms.text(key, check), value)
            for kind, key, check, value in fresh.select(list(IDENTITIES)).iter_rows()
        ]
        rows = fresh.with_columns(pl.Series("sealed", sealed, pl.Binary)).select(list(SEALED))
        return Sealed(rows, batch.key_id, batch.envelope)

    def stored(self, sealed: Sealed) -> None:
        """Takes note that the store has these."""
        if not sealed.rows.is_empty():
            self._known.add(sealed.rows["key"].to_numpy())


def _holds(ordered: Keys, keys: Keys) -> NDArray[np.bool_]:
    if not ordered.size:
        return np.zeros(keys.size, np.bool_)
    places = np.minimum(np.searchsorted(ordered, keys), ordered.size - 1)
    return np.asarray(ordered[places] == keys)
