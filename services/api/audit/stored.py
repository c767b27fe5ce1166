"""Rows of the audit trail into what can be hashed again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Select, Text, cast, select

from services.api.audit.chain import Link, link_hash, object_keys, payload_hash
from services.api.audit.entries import Entry
from services.api.db.trail import audit_entries
from services.api.db.types import AnyRow
from services.core.wire import to_wire


@dataclass(frozen=True)
class Stored:
    """One row of table `audit_entries`, whatever it holds by now."""

    sequence: int
    at: datetime
    actor: str | None
    role: str
    action: str
    object_kind: str
    object_id: str | None
    purpose: str | None
    detail: object
    blanked_through: int | None
    salt: bytes | None
    payload_hash: bytes
    hash: bytes

    @property
    def blank(self) -> bool:
        """Whether nothing of the payload is left."""
        return self.actor is None and self.object_id is None and self.detail is None and self.salt is None

    def hashed(self, previous: bytes, sequence: int | None = None) -> bytes:
        """The hash that the entry has after another one, at its own or another place."""
        link = Link(
            self.action,
            str(to_wire(self.at)),
            self.blanked_through,
            self.object_kind,
            self.payload_hash.hex(),
            self.purpose,
            self.role,
            self.sequence if sequence is None else sequence,
        )
        return link_hash(previous, link)

    def fits(self, previous: bytes, sequence: int | None = None) -> bool:
        """Whether that is the hash it was given."""
        return self.hashed(previous, sequence) == self.hash

    def payload_holds(self) -> bool:
        """Whether the payload is the one whose hash the chain holds."""
        if self.actor is None or self.salt is None or not isinstance(self.detail, Mapping):
            return False
        try:
            return payload_hash(self.salt, self.actor, self.object_id, self.detail) == self.payload_hash
        except ValueError:
            return False

    def objects(self) -> list[str]:
        """Keys of what the entry is about; none once its payload is removed."""
        if self.actor is None or not isinstance(self.detail, Mapping):
            return []
        return object_keys(
            Entry(self.actor, self.role, self.action, self.object_kind, self.object_id, None, self.detail)
        )


NO_JSON = "no JSON"
"""Stands for a detail that cannot be read; a detail is never a text."""
COLUMNS = tuple(
    cast(audit_entries.c.detail, Text) if name == "detail" else audit_entries.c[name]
    for name in Stored.__dataclass_fields__
)
DETAIL = tuple(Stored.__dataclass_fields__).index("detail")


def entries_after(sequence: int) -> Select[*tuple[object, ...]]:
    """The entries from the next one on, in order."""
    return select(*COLUMNS).where(audit_entries.c.sequence > sequence).order_by(audit_entries.c.sequence)


def stored(row: AnyRow) -> Stored:
    """A row of `entries_after`."""
    values = list(row)
    if values[DETAIL] is not None:
        try:
            values[DETAIL] = msgspec.json.decode(values[DETAIL])
        except msgspec.DecodeError:
            values[DETAIL] = NO_JSON
    return Stored(*values)
