"""Sealed identities into the identities themselves, for one reader at a time."""

from __future__ import annotations

from pathlib import Path

from services.core.identity import employee_pseudonym, subject_pseudonym
from services.core.keyring import KeyRing
from services.core.vault import EMPLOYEE, ShutError
from services.core.vault_keys import open_private_keys


class Vault:
    """The private keys of the API's home, and the key ring under which people are named."""

    def __init__(self, home: Path, ring: KeyRing) -> None:
        """Raises InputError if the file of keys is wrong; it is made first if it is not there."""
        self._home = home
        self._ring = ring
        self._keys = open_private_keys(home)

    def name(self, kind: str, value: str) -> str:
        """The pseudonym that signals have for an identity now."""
        return (employee_pseudonym if kind == EMPLOYEE else subject_pseudonym)(self._ring, value)

    def can_open(self, key_id: str) -> bool:
        """Whether the key is here; the file is read again for one that was made since."""
        if key_id not in self._keys:
            self._keys = open_private_keys(self._home)
        return key_id in self._keys

    def open(self, key_id: str, kind: str, pseudonym: str, sealed: bytes) -> str:
        """The identity behind a pseudonym.

        Raises ShutError if its key is not here, or if it is not the identity that has this pseudonym: whoever has the
        public key can seal anything.
        """
        self.can_open(key_id)
        value = self._keys.open(key_id, kind, pseudonym, sealed)
        if self._named_now(pseudonym) and self.name(kind, value) != pseudonym:
            raise ShutError("what was sealed is the identity of another pseudonym")
        return value

    def _named_now(self, pseudonym: str) -> bool:
        return pseudonym.startswith(f"p{self._ring.pseudonym_version}-")
