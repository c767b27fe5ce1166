"""Entries of the audit trail into links of a chain, each of which holds the hash of all before it.

A link is what stays: when, in what role, what was done to what kind of thing, to what end. Who did it to which object
is the payload: of that the link holds a hash only, keyed with a salt of the entry's own. Retention removes payload and
salt, and the chain still verifies.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from services.api.audit.canonical import canonical, check_text
from services.api.audit.entries import Entry
from services.core.wire import to_wire

GENESIS = bytes(32)
"""What stands for the hash before the first entry."""
SALT_BYTES = 16
OBJECT_KEY = re.compile(r"[a-z0-9]+-([0-9a-f]{32})")
LONGEST = {"actor": 200, "role": 40, "action": 40, "object_kind": 40, "object_id": 100, "purpose": 40}
"""Characters of the columns."""


class Link(msgspec.Struct, frozen=True, rename="camel"):
    """What the chain holds of an entry; the fields stand in the order of the alphabet, as canonical JSON wants them."""

    action: str
    at: str
    blanked_through: int | None
    object_kind: str
    payload_hash: str
    purpose: str | None
    role: str
    sequence: int


@dataclass(frozen=True)
class Sealed:
    """An entry as it is stored, without its place: its payload's hash is worked out, its texts are checked."""

    entry: Entry
    salt: bytes
    payload_hash: bytes
    objects: Sequence[str]
    """Keys under which the entry is found by what it is about."""

    def placed(self, sequence: int, at: datetime, previous: bytes) -> tuple[dict[str, object], bytes]:
        """The row of table `audit_entries` at a place of the chain, and its hash."""
        entry = self.entry
        link = Link(
            entry.action,
            str(to_wire(at)),
            entry.blanked_through,
            entry.object_kind,
            self.payload_hash.hex(),
            entry.purpose,
            entry.role,
            sequence,
        )
        hashed = link_hash(previous, link)
        kept = {"salt": self.salt, "payload_hash": self.payload_hash, "hash": hashed}
        return vars(entry) | kept | {"sequence": sequence, "at": at}, hashed


def seal(entry: Entry) -> Sealed:
    """An entry made ready. Raises ValueError if it holds what cannot be written in one way, or is too long."""
    for name, most in LONGEST.items():
        text = getattr(entry, name)
        if text is not None:
            check_text(text)
            if len(text) > most:
                raise ValueError(f"{name} of an audit entry is longer than {most} characters")
    salt = secrets.token_bytes(SALT_BYTES)
    hashed = payload_hash(salt, entry.actor, entry.object_id, entry.detail)
    return Sealed(entry, salt, hashed, object_keys(entry))


def payload_hash(salt: bytes, actor: str, object_id: str | None, detail: Mapping[str, object]) -> bytes:
    """HMAC-SHA-256, keyed with the salt, over what retention may remove."""
    payload = canonical({"actor": actor, "detail": detail, "objectId": object_id})
    return hmac.digest(salt, payload, "sha256")


def link_hash(previous: bytes, link: Link) -> bytes:
    """SHA-256 over the hash of the entry before and this link in canonical JSON."""
    return hashlib.sha256(previous + msgspec.json.encode(link)).digest()


def object_keys(entry: Entry) -> list[str]:
    """What the entry is about: its object, and each signal that its detail names under `signals`."""
    signals = entry.detail.get("signals")
    named = [str(signal_id) for signal_id in signals] if isinstance(signals, list | tuple) else []
    if entry.object_id is not None:
        named.append(entry.object_id)
    return list(dict.fromkeys(object_key(object_id) for object_id in named))


def object_key(object_id: str) -> str:
    """128 bits in hexadecimal: those of the id itself where it has them, as our ids and pseudonyms do."""
    if match := OBJECT_KEY.fullmatch(object_id):
        return match[1]
    return hashlib.blake2b(object_id.encode(), digest_size=16).hexdigest()
