"""What a reader read of a partition into an encrypted row that waits for the engine, and back.

An arrival holds digits of citizens' numbers (NUMBERS), by which slips are recognised: on disk they are encrypted, and
they are deleted when the engine took them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
import polars as pl
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.core.contract import DEAD_LETTER, Schema
from services.core.errors import DoelbindingError
from services.core.keyring import KeyRing
from services.detector.encode import LOOKUPS, NUMBERS
from services.detector.faults.rejected import REJECTED
from services.detector.poison import Poison
from services.detector.sealing import Sealed
from services.detector.state.blobs import chill, warm

VERSION = b"\x01"
"""First byte of a body: AES-256-GCM under a key of the partition, 12 bytes of nonce, 16 of tag."""

NONCE_BYTES = 12
PARENT = "dead-letter"
"""The ring's key that the keys of arrivals derive from: both guard records as they were read."""


def _empty(schema: Schema) -> pl.DataFrame:
    return pl.DataFrame(schema=schema)


@dataclass(frozen=True)
class Arrival:
    """What was read of one partition, up to position `next`.

    Frames follow LOOKUPS, NUMBERS and REJECTED; `dead` follows contract DEAD_LETTER (sealed). `closed`: the
    input ended. `behind`: the partition is known to hold more. `poison`: what of its last records could not be
    read; None: as it was.
    """

    next: int
    lookups: pl.DataFrame = field(default_factory=lambda: _empty(LOOKUPS))
    numbers: pl.DataFrame = field(default_factory=lambda: _empty(NUMBERS))
    rejected: pl.DataFrame = field(default_factory=lambda: _empty(REJECTED))
    dead: pl.DataFrame = field(default_factory=lambda: _empty(DEAD_LETTER.schema))
    closed: bool = False
    behind: bool = False
    poison: Poison | None = None
    identities: Sealed = field(default_factory=Sealed)
    """Whom the lookups name, sealed: stored beside the arrival, which is deleted when it was taken."""

    @property
    def concerns_engine(self) -> bool:
        """Whether there is anything for the engine; dead letters alone are not."""
        return self.closed or not (self.lookups.is_empty() and self.numbers.is_empty() and self.rejected.is_empty())


@dataclass(frozen=True)
class Arrived:
    """An arrival that waits: its partition and number, its frames as in Arrival, and when it was stored."""

    partition: str
    number: int
    lookups: pl.DataFrame
    numbers: pl.DataFrame
    rejected: pl.DataFrame
    closed: bool
    stored_at: datetime


class _Body(msgspec.Struct):
    """Chilled frames; no bytes stand for no rows."""

    lookups: bytes
    numbers: bytes
    rejected: bytes
    closed: bool


class Bodies:
    """Bodies of arrivals under one key ring."""

    def __init__(self, ring: KeyRing) -> None:
        self._parent = ring.key(PARENT)
        self._ciphers: dict[str, AESGCM] = {}

    def close(self, arrival: Arrival, partition: str, number: int) -> bytes:
        """The arrival's frames, encrypted and bound to partition and number."""
        body = _Body(_chilled(arrival.lookups), _chilled(arrival.numbers), _chilled(arrival.rejected), arrival.closed)
        nonce = secrets.token_bytes(NONCE_BYTES)
        plain = msgspec.msgpack.encode(body)
        return VERSION + nonce + self._cipher(partition).encrypt(nonce, plain, _bound_to(partition, number))

    def open(self, body: bytes, partition: str, number: int, stored_at: datetime) -> Arrived:
        """The inverse of `close`.

        Raises DoelbindingError if the body was encrypted under another ring, is another arrival's, was changed, or
        comes from another version of the detector.
        """
        told = msgspec.msgpack.decode(self._plain(body, partition, number), type=_Body)
        name = f"arrival {number} of {partition}"
        return Arrived(
            partition,
            number,
            _warmed(told.lookups, LOOKUPS, name),
            _warmed(told.numbers, NUMBERS, name),
            _warmed(told.rejected, REJECTED, name),
            told.closed,
            stored_at,
        )

    def _plain(self, body: bytes, partition: str, number: int) -> bytes:
        version, nonce, secret = body[:1], body[1 : 1 + NONCE_BYTES], body[1 + NONCE_BYTES :]
        try:
            if version != VERSION:
                raise InvalidTag
            return self._cipher(partition).decrypt(nonce, secret, _bound_to(partition, number))
        except (InvalidTag, ValueError) as error:
            raise DoelbindingError(
                f"arrival {number} of {partition}: cannot be opened; it was stored under another key ring, or was "
                "changed; give all detectors of one store the same key ring"
            ) from error

    def _cipher(self, partition: str) -> AESGCM:
        """Each partition has a key of its own: random nonces are safe for 2**32 messages under one key."""
        if partition not in self._ciphers:
            derived = HKDF(SHA256(), 32, salt=None, info=f"doelbinding arrival|{partition}".encode())
            self._ciphers[partition] = AESGCM(derived.derive(self._parent))
        return self._ciphers[partition]


def _chilled(frame: pl.DataFrame) -> bytes:
    return b"" if frame.is_empty() else chill(frame)


def _warmed(body: bytes, schema: Schema, name: str) -> pl.DataFrame:
    if not body:
        return _empty(schema)
    frame = warm(body)
    if frame.schema != pl.Schema(schema):
        raise DoelbindingError(
            f"{name}: was stored by another version of the detector; let that version take what waits, and then start "
            "this one"
        )
    return frame


def _bound_to(partition: str, number: int) -> bytes:
    return f"{partition}|{number}".encode()
