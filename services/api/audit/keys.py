"""The key that signs the audit trail: a file that only its owner can read, made on first run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.core.errors import InputError
from services.core.secret_file import refuse_if_open, write_once

REMEDY = "restore it from a backup: without it what was signed until now cannot be verified by this installation"


class PublicKeys:
    """The keys whose signatures count, by their id: the first 16 hex digits of the SHA-256 of the public key."""

    def __init__(self, keys: Iterable[Ed25519PublicKey]) -> None:
        self._keys: Mapping[str, Ed25519PublicKey] = {key_id_of(key): key for key in keys}

    def holds(self, key_id: str | None, message: bytes, signature: bytes | None) -> bool:
        """Whether one of these keys, of that id, signed the message."""
        key = self._keys.get(key_id or "")
        if key is None or signature is None:
            return False
        try:
            key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


class Notary:
    """Signs the head of the chain and its roots."""

    def __init__(self, private: Ed25519PrivateKey, earlier: Iterable[Ed25519PublicKey] = ()) -> None:
        self._private = private
        self._public = private.public_key()
        self.key_id = key_id_of(self._public)
        self.public_keys = PublicKeys([self._public, *earlier])

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature, 64 bytes."""
        return self._private.sign(message)

    @property
    def public_hex(self) -> str:
        """The public key in 64 hexadecimal digits, for those who verify elsewhere."""
        return self._public.public_bytes_raw().hex()


def open_audit_key(path: Path) -> Notary:
    """The key in the file, which is made first if it does not exist; `earlier` holds public keys that it replaced.

    Raises InputError if others than the owner can read it, or if it holds no such key.
    """
    if not path.exists():
        write_once(path, {"private": Ed25519PrivateKey.generate().private_bytes_raw().hex(), "earlier": []})
    refuse_if_open(path, "this key")
    try:
        content = json.loads(path.read_text())
        private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(content["private"]))
        return Notary(private, [_public(text) for text in content["earlier"]])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: holds no key of the audit trail (private, earlier); {REMEDY}") from error


def read_public_keys(path: Path) -> PublicKeys:
    """A file with a public key of 64 hexadecimal digits on each line. Raises InputError if it is not one."""
    try:
        return PublicKeys(
            [_public(line.strip()) for line in path.read_text(encoding="ascii").splitlines() if line.strip()]
        )
    except (ValueError, OSError) as error:
        raise InputError(
            f"{path}: must hold public keys of 64 hexadecimal digits, one on a line, as `doelbinding audit public-key` "
            "prints them"
        ) from error


def key_id_of(key: Ed25519PublicKey) -> str:
    """Names a key without being one."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def _public(text: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text))
