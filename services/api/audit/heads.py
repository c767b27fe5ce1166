"""Where the chain ends, and the roots of its intervals, into what is signed of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.api.audit.canonical import canonical
from services.api.audit.keys import Notary
from services.core.wire import to_wire

ROOT_ENTRIES = 1_000
ROOT_AFTER = timedelta(minutes=5)
"""A root is signed after so many entries, or so long after the one before, whichever comes first."""


@dataclass(frozen=True)
class Root:
    """The hash of the chain at the end of an interval."""

    number: int
    sequence: int
    hash: bytes
    at: datetime
    key_id: str
    signature: bytes = b""

    @property
    def message(self) -> bytes:
        """What is signed."""
        content = {"hash": self.hash, "at": self.at, "keyId": self.key_id}
        return _message("root", content | {"number": self.number, "sequence": self.sequence})


@dataclass(frozen=True)
class Head:
    """The last entry of the chain, and the last root; a head that no key signed is that of an upgraded database."""

    sequence: int
    hash: bytes
    root_number: int = 0
    root_sequence: int = 0
    root_at: datetime | None = None
    key_id: str | None = None
    signature: bytes | None = None

    @property
    def message(self) -> bytes:
        """What is signed: with the last root, so that this cannot be taken away either."""
        content = {"hash": self.hash, "keyId": self.key_id, "sequence": self.sequence, "rootAt": self.root_at}
        return _message("head", content | {"rootNumber": self.root_number, "rootSequence": self.root_sequence})

    @property
    def unsigned(self) -> bool:
        """Whether no key signed it, which is lawful only where no process with a key has used the trail yet."""
        return self.key_id is None and self.signature is None

    @property
    def rooted(self) -> bool:
        """Whether the last root holds the last entry."""
        return self.sequence == self.root_sequence

    def before(self, known: Head) -> bool:
        """Whether the trail ended here earlier than there: neither entries nor roots ever become fewer."""
        return self.sequence < known.sequence or self.root_number < known.root_number

    def asks_for_root(self, now: datetime) -> bool:
        """Whether the interval has ended."""
        if self.rooted:
            return False
        late = self.root_at is None or abs(now - self.root_at) >= ROOT_AFTER  # a clock set back ends it too
        return late or self.sequence - self.root_sequence >= ROOT_ENTRIES

    def signed(self, notary: Notary) -> Head:
        """With the signature of this installation."""
        named = replace(self, key_id=notary.key_id)
        return replace(named, signature=notary.sign(named.message))

    def with_root(self, now: datetime, notary: Notary) -> tuple[Head, Root]:
        """The root that ends the interval here, and the head that tells of it."""
        unsigned = Root(self.root_number + 1, self.sequence, self.hash, now, notary.key_id)
        root = replace(unsigned, signature=notary.sign(unsigned.message))
        return replace(self, root_number=root.number, root_sequence=root.sequence, root_at=now), root


def _message(kind: str, content: Mapping[str, object]) -> bytes:
    plain = {name: value.hex() if isinstance(value, bytes) else to_wire(value) for name, value in content.items()}
    return f"doelbinding audit {kind}\n".encode() + canonical(plain)
