"""What happened into an entry of the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class Subject(Protocol):
    """Who does something: a reader, as access admitted it."""

    @property
    def subject(self) -> str:
        """As the audit trail names it."""
        ...

    @property
    def role(self) -> str:
        """In what role."""
        ...

    @property
    def employee(self) -> str | None:
        """The pseudonym of the employee behind the account, as signals carry employees; null where there is none."""
        ...


@dataclass(frozen=True)
class Entry:
    """One thing that somebody did, or was refused; `detail` holds codes and counts, never an identity in the clear.

    `action` is one of the words of the documentation (`read`, `reveal`, `assess`, ...), `object_kind` what it was done
    to (`signal`, `intake-item`, ...), `purpose` the code that the reader gave where one is needed. An entry is found by
    its object, and by each signal in a list `signals` of its detail. Actor, object and detail are what retention may
    remove; `blanked_through` tells up to which sequence it did.
    """

    actor: str
    role: str
    action: str
    object_kind: str
    object_id: str | None
    purpose: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    blanked_through: int | None = None


def entry_of(
    reader: Subject,
    action: str,
    object_kind: str,
    object_id: str | None,
    purpose: str | None = None,
    detail: Mapping[str, object] | None = None,
) -> Entry:
    """What a reader did; the detail names the employee behind the account, as signals about readers do."""
    who = {} if reader.employee is None else {"employee": reader.employee}
    return Entry(reader.subject, reader.role, action, object_kind, object_id, purpose, {**(detail or {}), **who})
