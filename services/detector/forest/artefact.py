"""A trained forest as data: plain numbers and the facts of its training, in one JSON document with a hash."""

from __future__ import annotations

import hashlib
from datetime import date

import msgspec

from services.core.errors import DoelbindingError

FORMAT = 1


class Tree(msgspec.Struct, frozen=True):
    """One tree: a value per node, the root first. A leaf has -1 as both children."""

    feature: list[int]
    threshold: list[float]
    left: list[int]
    right: list[int]
    samples: list[int]


class Forest(msgspec.Struct, frozen=True):
    """A forest for one local month and how it came about.

    Values above a node's threshold go right. `rows` employee-days of `first_day` to `last_day` were there to train
    on, `offered` of them were, and each tree drew `samples` of these. `training` is the SHA-256 of the rows.
    """

    month: date
    features: list[str]
    trees: list[Tree]
    rows: int
    offered: int
    first_day: date
    last_day: date
    training: str
    samples: int
    seed: int
    library: str
    format: int = FORMAT
    kind: str = "isolation-forest"
    transform: str = "log1p"

    @property
    def version(self) -> str:
        """How a person names it."""
        return f"{self.month:%Y-%m}"


def to_bytes(forest: Forest) -> bytes:
    """The document; equal forests give equal bytes."""
    return msgspec.json.encode(forest)


def hash_of(document: bytes) -> str:
    """SHA-256 of the document, in hex."""
    return hashlib.sha256(document).hexdigest()


def from_bytes(document: bytes, expected_hash: str) -> Forest:
    """The inverse of `to_bytes`. Raises DoelbindingError where the document is not the one that was stored."""
    if hash_of(document) != expected_hash:
        raise DoelbindingError(
            f"a stored isolation forest differs from its hash {expected_hash[:12]}...; it is not used. "
            "Restore the database from a backup, or move detector.sqlite aside and start again"
        )
    forest = msgspec.json.decode(document, type=Forest)
    if forest.format != FORMAT:
        raise DoelbindingError(f"a stored isolation forest has format {forest.format}; this version reads {FORMAT}")
    return forest
