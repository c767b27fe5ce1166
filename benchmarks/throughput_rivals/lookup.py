"""The typed lookup that every rival decodes: an event with the fields of the contract."""

import msgspec


class Lookup(msgspec.Struct, gc=False):
    """A lookup, as the topic carries it."""

    lookup_id: str
    occurred_at: str
    employee_id: str
    system: str
    action: str
    searched_by: str | None = None
    bsn: str | None = None
    case_id: str | None = None
    reason: str | None = None
    data_categories: list[str] | None = None
    record_count: int = 0
    workstation: str | None = None
    location: str | None = None
    street: str | None = None


class Event(msgspec.Struct, gc=False):
    """The event around it."""

    specversion: str
    type: str
    data: Lookup
