"""An entry of the audit trail into the looks that it tells of, or why it tells of none that can be published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.api.audit.stored import Stored
from services.api.readers.shown import SINGLES
from services.core.vault import BSN

Reason = Literal["no-employee", "blanked"]
REASONS: tuple[Reason, ...] = ("no-employee", "blanked")
"""Why looks are not published: nobody stands behind the account, or retention came first."""
PLACES_PER_SIGNAL = 2
"""An employee and a person."""


@dataclass(frozen=True)
class Look:
    """One thing that was looked at: a list (neither signal nor person), a signal, or one person.

    `place` numbers it within its entry; a signal takes `PLACES_PER_SIGNAL` of them. `beside` is the signal on whose
    page this one stood, `item_id` the item through which a person was revealed.
    """

    place: int
    action: str
    searched_by: str
    record_count: int
    signal_id: str | None = None
    beside: str | None = None
    item_id: str | None = None
    person: str | None = None
    data_categories: Sequence[str] | None = None


@dataclass(frozen=True)
class Deed:
    """Who looked when, and at what; `key` is the same whenever the entry is told."""

    sequence: int
    key: str
    at: datetime
    actor: str
    role: str
    employee: str
    purpose: str | None
    looks: Sequence[Look]


def deed_of(entry: Stored) -> Deed | Reason | None:
    """What an entry tells of, or why that cannot be published; null where nobody was shown anything of a signal.

    Refusals show nothing. Whoever decides is shown the item, and that is an entry of its own.
    """
    looks = LOOKS.get((entry.action, entry.object_kind))
    if looks is None:
        return None
    if entry.actor is None or not isinstance(entry.detail, Mapping):
        return "blanked"
    employee = entry.detail.get("employee")
    if not isinstance(employee, str):
        return "no-employee"
    found = looks(entry, entry.detail)
    key = entry.hash.hex()[:32]
    return Deed(entry.sequence, key, entry.at, entry.actor, entry.role, employee, entry.purpose, found)


def _read(_entry: Stored, detail: Mapping[str, object]) -> list[Look]:
    told = detail.get("signals")
    signals = [str(signal_id) for signal_id in told] if isinstance(told, list) else []
    if detail.get("shown") not in SINGLES:
        return [Look(0, "search", "worklist", len(signals))]
    beside = detail.get("beside")
    page = beside if isinstance(beside, str) else None
    return [
        Look(PLACES_PER_SIGNAL * number, "view", "case", 1, signal_id=signal_id, beside=page)
        for number, signal_id in enumerate(signals)
    ]


def _reveal(entry: Stored, detail: Mapping[str, object]) -> list[Look]:
    person = str(detail.get("pseudonym"))
    return [Look(0, "view", "case", 1, item_id=entry.object_id, person=person, data_categories=("identity",))]


def _search(entry: Stored, detail: Mapping[str, object]) -> list[Look]:
    """Written before anything is found; what was, is told by the read of that list."""
    by = "bsn" if detail.get("kind") == BSN else "other"
    return [Look(0, "search", by, 0, person=entry.object_id)]


LOOKS = {("read", "signal"): _read, ("reveal", "intake-item"): _reveal, ("search", "person"): _search}
