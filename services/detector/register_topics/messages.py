"""Records of a register's topic into the newest row of each key, keys whose row was taken away, and dead letters."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from services.core.cloud_events import Kind, Unfit, kind_of, unwrap
from services.core.keyring import KeyRing
from services.detector.decode import dead_letters, decode_lines
from services.detector.decode.faults import Fault
from services.detector.sources.registers import EVERY_REGISTER

VERSION = "version"
"""Column: which version of a row this is, the hash of the key that its message had."""

NO_KEY = Fault(
    "key-missing", "message: has no key; give it one for this version of the row, so that it can be mended or deleted"
)
SEVERAL = Fault("several-rows", "message: holds several rows under one key; send each row as a message of its own")
HASH = struct.Struct(">q")


class Record(NamedTuple):
    """A record as the broker keeps it; without a value it takes a row away."""

    offset: int
    key: bytes | None
    value: bytes | None


@dataclass(frozen=True)
class News:
    """What a stretch of one partition says, the last word on each version.

    `rows` has the columns of the register's contract and `version`, `gone` the versions that were taken away, `dead`
    the columns of DEAD.
    """

    register: str
    rows: pl.DataFrame
    gone: pl.Series
    dead: pl.DataFrame


class Versions:
    """Hashes keys of messages, under the key ring: whatever a producer puts in them, nobody can read it from here."""

    def __init__(self, ring: KeyRing) -> None:
        self._keyed = hashlib.blake2b(key=ring.key("pseudonym"), digest_size=HASH.size, person=b"register-row")

    def of(self, key: bytes) -> int:
        """A 64-bit number."""
        state = self._keyed.copy()
        state.update(key)
        number: int = HASH.unpack(state.digest())[0]
        return number


@dataclass
class _Gathered:
    """Lines to decode with their places and versions, all versions in their order, and what holds no row."""

    lines: list[bytes] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    said: list[tuple[int, int | None]] = field(default_factory=list)
    """Version, and the number of its line (null: taken away)."""
    unfit: list[tuple[str, Fault, bytes]] = field(default_factory=list)

    def take(self, record: Record, place: str, kind: Kind, versions: Versions) -> None:
        if record.key is None:
            self.unfit.append((place, NO_KEY, record.value or b""))
            return
        version = versions.of(record.key)
        if record.value is None:
            self.said.append((version, None))
            return
        found = unwrap(record.value, kind)
        if len(found) != 1:
            self.unfit.append((place, SEVERAL, record.value))
        elif isinstance(found[0], Unfit):
            self.unfit.append((place, Fault(found[0].code, found[0].reason), found[0].raw))
        else:
            self.said.append((version, len(self.lines)))
            self.lines.append(found[0])
            self.places.append(place)


def decode_register(register: str, partition: str, records: Iterable[Record], versions: Versions) -> News:
    """Records of one partition, in the order of their offsets. A row that cannot be read replaces nothing.

    Dead letters are at `TOPIC/NUMBER: offset N`.
    """
    record, gathered = EVERY_REGISTER[register], _Gathered()
    kind = kind_of(record.name)
    for each in records:
        gathered.take(each, f"{partition}: offset {each.offset}", kind, versions)
    decoded = decode_lines(gathered.lines, gathered.places, record)
    readable = dict(zip((decoded.rows - 1).to_list(), range(decoded.valid.height), strict=True))
    said = [(version, readable.get(-1 if line is None else line), line) for version, line in gathered.said]
    kept = [(version, row) for version, row, line in said if line is None or row is not None]
    rows, gone = last_words(kept)
    places, told = zip(*rows, strict=True) if rows else ((), ())
    valid = decoded.valid[list(places)].with_columns(pl.Series(VERSION, told, dtype=pl.Int64))
    return News(register, valid, gone, pl.concat([decoded.dead, *_letters(register, gathered.unfit)]))


def last_words(said: Sequence[tuple[int, int | None]]) -> tuple[list[tuple[int, int]], pl.Series]:
    """Versions with the row that each was given last: those that have one, as (row, version), and those taken away."""
    last = dict(said)
    rows = sorted((row, version) for version, row in last.items() if row is not None)
    return rows, pl.Series(VERSION, [version for version, row in last.items() if row is None], dtype=pl.Int64)


def _letters(register: str, unfit: list[tuple[str, Fault, bytes]]) -> list[pl.DataFrame]:
    if not unfit:
        return []
    places, faults, raw = zip(*unfit, strict=True)
    return [dead_letters(EVERY_REGISTER[register], places, [(fault,) for fault in faults], raw)]
