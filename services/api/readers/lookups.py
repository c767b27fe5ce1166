"""Deeds into lookups of the system `doelbinding`, as sources send them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from services.api.readers.deeds import Deed, Look
from services.api.readers.ground import Known
from services.core.reading import SYSTEM
from services.core.wire import to_wire


@dataclass(frozen=True)
class ReaderLookup:
    """One lookup: the JSON of its record, and what stands around that; `sequence` is the entry it comes from."""

    sequence: int
    lookup_id: str
    reader: str
    at: str
    record: bytes


def lookups_of(deeds: Sequence[Deed], known: Known) -> list[ReaderLookup]:
    """One for each person who was looked at, and one for each list; in the order of the trail."""
    return [
        _lookup(deed, look, place, who, known)
        for deed in deeds
        for look in deed.looks
        for place, who in known.seen(look)
    ]


def _lookup(deed: Deed, look: Look, place: int, who: str | None, known: Known) -> ReaderLookup:
    at, lookup_id = str(to_wire(deed.at)), f"{SYSTEM}-{deed.key}-{place}"
    record = {
        "lookup_id": lookup_id,
        "occurred_at": at,
        "employee_id": deed.employee,
        "system": SYSTEM,
        "action": look.action,
        "searched_by": look.searched_by,
        "bsn": None,
        "case_id": known.ground(deed, look),
        "reason": deed.purpose,
        "data_categories": look.data_categories,
        "record_count": look.record_count,
        "workstation": None,
        "location": None,
        "street": None,
        "subject_pseudonym": who,
    }
    return ReaderLookup(deed.sequence, lookup_id, deed.employee, at, msgspec.json.encode(record))
