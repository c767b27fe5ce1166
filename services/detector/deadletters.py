"""Bytes of records that could not be read into sealed dead letters, and back for a replay."""

from __future__ import annotations

import secrets

import polars as pl
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.core.contract import DEAD_LETTER
from services.core.errors import DoelbindingError
from services.core.keyring import KeyRing

PURPOSE = "dead-letter"
VERSION = b"\x01"
"""First byte of a sealed letter: AES-256-GCM under the ring's `dead-letter` key, 12 bytes of nonce, 16 of tag."""

NONCE_BYTES = 12


def seal(raw: bytes, record: str, position: str, ring: KeyRing) -> bytes:
    """The bytes encrypted, and bound to the kind of record and the position they were read at."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + AESGCM(ring.key(PURPOSE)).encrypt(nonce, raw, _bound_to(record, position))


def open_sealed(sealed: bytes, record: str, position: str, ring: KeyRing) -> bytes:
    """The inverse of `seal`.

    Raises DoelbindingError if the letter was sealed under another ring, for another record or position, or was
    changed.
    """
    version, nonce, secret = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        if version != VERSION:
            raise InvalidTag
        return AESGCM(ring.key(PURPOSE)).decrypt(nonce, secret, _bound_to(record, position))
    except (InvalidTag, ValueError) as error:
        raise DoelbindingError(
            f"dead letter of {record} at {position}: cannot be opened; it was sealed under another key ring, "
            "belongs to another position, or was changed; use the key ring of the detector that stored it"
        ) from error


def seal_frame(dead: pl.DataFrame, ring: KeyRing) -> pl.DataFrame:
    """Decoded dead records (record, position, reasons, codes, raw) as contract DEAD_LETTER."""
    letters = dead.select("raw", "record", "position").iter_rows()
    sealed = [seal(raw, record, position, ring) for raw, record, position in letters]
    return dead.with_columns(pl.Series("sealed", sealed, dtype=pl.Binary)).select(list(DEAD_LETTER.schema))


def _bound_to(record: str, position: str) -> bytes:
    return f"{record}|{position}".encode()
