"""What happened into an entry of the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.api.access import Reader


@dataclass(frozen=True)
class Entry:
    """One thing that somebody did, or was refused; `detail` holds codes and counts, never an identity in the clear.

    `action` is one of the words of the documentation (`read`, `reveal`, `assess`, ...), `object_kind` what it was done
    to (`signal`, `intake-item`, ...), `purpose` the code that the reader gave where one is needed.
    """

    actor: str
    role: str
    action: str
    object_kind: str
    object_id: str | None
    purpose: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)


def entry_of(
    reader: Reader,
    action: str,
    object_kind: str,
    object_id: str | None,
    purpose: str | None = None,
    detail: Mapping[str, object] | None = None,
) -> Entry:
    """What a reader did."""
    return Entry(reader.subject, reader.role, action, object_kind, object_id, purpose, detail or {})
