"""The key ring: a file that only its owner can read, made on first run."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.core.errors import InputError
from services.core.secret_file import refuse_if_open, write_once

PURPOSES = ("pseudonym", "signal-id", "dead-letter", "cursor", "session")
KEY_BYTES = 32
FIRST_VERSION = 1
"""Of the pseudonyms of a new ring."""


@dataclass(frozen=True)
class KeyRing:
    """Keys by purpose. Pseudonyms carry the version of their key; the key of signal ids does not rotate."""

    pseudonym_version: int
    keys: Mapping[str, bytes]

    def key(self, purpose: str) -> bytes:
        """The 32-byte key of one purpose."""
        return self.keys[purpose]


def new_key_ring() -> KeyRing:
    """A ring of fresh random keys."""
    return KeyRing(FIRST_VERSION, {purpose: secrets.token_bytes(KEY_BYTES) for purpose in PURPOSES})


def open_key_ring(path: Path) -> KeyRing:
    """The ring in the file; the file is made first if it does not exist.

    Raises InputError if others than the owner can read it, or if it is not a key ring.
    """
    if not path.exists():
        _write(path, new_key_ring())
    refuse_if_open(path, "this key ring")
    return _read(path)


def _write(path: Path, ring: KeyRing) -> None:
    keys = {purpose: key.hex() for purpose, key in ring.keys.items()}
    write_once(path, {"pseudonymVersion": ring.pseudonym_version, "keys": keys})


def _read(path: Path) -> KeyRing:
    try:
        content = json.loads(path.read_text())
        keys = {purpose: bytes.fromhex(content["keys"][purpose]) for purpose in PURPOSES}
        version = int(content["pseudonymVersion"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path}: not a key ring (needs pseudonymVersion and hex keys {', '.join(PURPOSES)}); "
            "restore it from a backup: without it pseudonyms and signal ids of the past cannot be matched"
        ) from error
    if any(len(key) != KEY_BYTES for key in keys.values()):
        raise InputError(f"{path}: every key must be {KEY_BYTES} bytes, written as {2 * KEY_BYTES} hex digits")
    return KeyRing(version, keys)
