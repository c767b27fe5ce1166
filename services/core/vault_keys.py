"""The key pair of the identity vault: a private file for the API alone, and a public one for those who seal."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from services.core.errors import InputError
from services.core.secret_file import refuse_if_open, write_anew, write_once
from services.core.vault import VaultPrivateKeys, VaultPublicKey

PRIVATE_FILE = "vault-key.json"
PUBLIC_FILE = "vault-public.json"
SETTING = "DOELBINDING_VAULT_PUBLIC_KEY"
"""The file of the public key, where the detector has no home folder in common with the API."""
KEY_BYTES = 32


def make_pair(home: Path) -> VaultPublicKey:
    """Makes the pair in a home folder if it is not there yet; the public key that is current there.

    Raises InputError if a file that is there is no such key.
    """
    private = X25519PrivateKey.generate()
    key_id = VaultPublicKey(private.public_key()).key_id
    write_once(home / PRIVATE_FILE, _content(key_id, {key_id: private}))
    current, keys = _read_private(home / PRIVATE_FILE)  # of two processes that make it, the first one counts
    public = VaultPublicKey(keys[current].public_key())
    write_once(home / PUBLIC_FILE, _told(public))
    return public


def rotate_pair(home: Path) -> VaultPublicKey:
    """Makes another pair current; what was sealed before stays readable. The new public key.

    Raises InputError if there is no pair yet, or if its file is not one.
    """
    current, keys = _read_private(home / PRIVATE_FILE)
    private = X25519PrivateKey.generate()
    public = VaultPublicKey(private.public_key())
    write_anew(home / PRIVATE_FILE, _content(public.key_id, {current: keys[current], **keys, public.key_id: private}))
    write_anew(home / PUBLIC_FILE, _told(public))  # second: nothing is sealed to a key that could be lost
    return public


def open_private_keys(home: Path) -> VaultPrivateKeys:
    """All private keys of a home folder; the pair is made first if it is not there.

    Raises InputError if others than the owner can read the file, or if it is not one of keys.
    """
    if not (home / PRIVATE_FILE).exists():
        make_pair(home)
    return VaultPrivateKeys(_read_private(home / PRIVATE_FILE)[1])


def open_public_key(home: Path) -> VaultPublicKey:
    """The key to seal to: of the file that the setting names, else of the home folder, where the pair is made first.

    Raises InputError if the file is missing where a setting names it, or if it is no public key.
    """
    if given := os.environ.get(SETTING):
        return _read_public(Path(given))
    if not (home / PUBLIC_FILE).exists():
        return make_pair(home)
    return _read_public(home / PUBLIC_FILE)


def as_text(public: VaultPublicKey) -> str:
    """What stands in the file of the public key."""
    return json.dumps(_told(public), indent=1)


def _told(public: VaultPublicKey) -> dict[str, object]:
    return {"keyId": public.key_id, "publicKey": public.key.public_bytes_raw().hex()}


def _content(current: str, keys: Mapping[str, X25519PrivateKey]) -> dict[str, object]:
    return {"current": current, "keys": {key_id: key.private_bytes_raw().hex() for key_id, key in keys.items()}}


def _read_private(path: Path) -> tuple[str, dict[str, X25519PrivateKey]]:
    if not path.exists():
        raise InputError(f"{path}: there is no vault key yet; make one with: doelbinding keys vault make")
    refuse_if_open(path, "the vault's private keys")
    try:
        content = json.loads(path.read_text())
        held = {str(name): X25519PrivateKey.from_private_bytes(_raw(key)) for name, key in content["keys"].items()}
        current = str(content["current"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: not a file of vault keys (needs current, and hex keys by id); {_RESTORE}") from error
    wrong = [name for name, key in held.items() if VaultPublicKey(key.public_key()).key_id != name]
    if wrong or current not in held:
        raise InputError(f"{path}: an id is not that of its key, or the current key is missing; {_RESTORE}")
    return current, held


def _read_public(path: Path) -> VaultPublicKey:
    remedy = "it is made by: doelbinding keys vault make, in the home folder of the API"
    if not path.is_file():
        raise InputError(f"{path}: there is no public key of the vault here; {remedy}")
    try:
        content = json.loads(path.read_text())
        public = VaultPublicKey(X25519PublicKey.from_public_bytes(_raw(content["publicKey"])))
        told = content["keyId"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: not a public key of the vault (needs keyId and publicKey); {remedy}") from error
    if told != public.key_id:
        raise InputError(f"{path}: the id is not that of the key; {remedy}")
    return public


def _raw(text: str) -> bytes:
    raw = bytes.fromhex(text)
    if len(raw) != KEY_BYTES:
        raise ValueError("wrong length")
    return raw


_RESTORE = "restore it from a backup: without these keys no identity can be revealed"
