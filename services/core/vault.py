"""An identity into a sealed one that only the holder of the private key can open, and back.

A pseudonym cannot be inverted, so what it stands for is kept beside it, sealed. A batch of identities has a data key of
its own, sealed to the public key once (HPKE, RFC 9180: X25519, HKDF-SHA-256, AES-256-GCM); each identity is then
sealed under the data key, which costs a hundredth of that.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from services.core.contract import NAME_LIMIT
from services.core.errors import DoelbindingError

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
EMPLOYEE, BSN = KINDS = ("employee", "bsn")
"""What an identity is: the id of an employee, or the number of a citizen."""
DATA_KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
ENVELOPE_BYTES = 32 + DATA_KEY_BYTES + TAG_BYTES
"""A sealed data key: the sender's public key, the key itself and its tag."""
LONGEST_IDENTITY = 4 * NAME_LIMIT
"""Bytes of an identity: UTF-8 has at most four for a character."""
MOST_SEALED = ENVELOPE_BYTES + NONCE_BYTES + LONGEST_IDENTITY + TAG_BYTES


class ShutError(DoelbindingError):
    """A sealed identity cannot be opened with the keys that are here."""


@dataclass(frozen=True)
class VaultPublicKey:
    """What identities are sealed to; who has it can open nothing."""

    key: X25519PublicKey

    @property
    def key_id(self) -> str:
        """The first half of the key's hash, so that an id never stands for another key."""
        return f"v-{hashlib.sha256(self.key.public_bytes_raw()).hexdigest()[:32]}"


class Batch:
    """Identities that are sealed together: `envelope` belongs to each of them, and is needed to open it."""

    def __init__(self, public: VaultPublicKey) -> None:
        self.key_id = public.key_id
        data_key = secrets.token_bytes(DATA_KEY_BYTES)
        self.envelope = SUITE.encrypt(data_key, public.key, _info(self.key_id))
        self._cipher = AESGCM(data_key)
        self._count = 0

    def seal(self, kind: str, pseudonym: str, value: str) -> bytes:
        """The identity sealed, and bound to its kind, its pseudonym and the key."""
        nonce = self._count.to_bytes(NONCE_BYTES, "big")  # unique: the data key is used for this batch alone
        self._count += 1
        return nonce + self._cipher.encrypt(nonce, value.encode(), _bound_to(kind, pseudonym, self.key_id))


class VaultPrivateKeys:
    """Opens what was sealed to one of these keys, by key id."""

    def __init__(self, keys: Mapping[str, X25519PrivateKey]) -> None:
        self._keys = keys

    def __contains__(self, key_id: str) -> bool:
        return key_id in self._keys

    def open(self, key_id: str, kind: str, pseudonym: str, sealed: bytes) -> str:
        """The identity behind a pseudonym; `sealed` is the envelope and what `Batch.seal` gave.

        Raises ShutError if the key is not here, or if it was sealed as another's identity or changed.
        """
        if key_id not in self._keys:
            raise ShutError(f"sealed to the key {key_id}, which is not in the vault's key file; restore that key")
        envelope, nonce = sealed[:ENVELOPE_BYTES], sealed[ENVELOPE_BYTES : ENVELOPE_BYTES + NONCE_BYTES]
        secret = sealed[ENVELOPE_BYTES + NONCE_BYTES :]
        try:
            data_key = SUITE.decrypt(envelope, self._keys[key_id], _info(key_id))
            return AESGCM(data_key).decrypt(nonce, secret, _bound_to(kind, pseudonym, key_id)).decode()
        except (InvalidTag, ValueError) as error:
            raise ShutError("this sealed identity was changed, or belongs to another pseudonym") from error


def _info(key_id: str) -> bytes:
    return f"doelbinding vault|{key_id}".encode()


def _bound_to(kind: str, pseudonym: str, key_id: str) -> bytes:
    return f"{kind}|{pseudonym}|{key_id}".encode()
