"""What happened to an item into whose work it was at a moment that has passed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.api.audience import LEADING
from services.api.casework import codes

OPEN = frozenset({codes.RECEIVED, codes.IN_ASSESSMENT, codes.DISPUTED})
"""States in which an item is the work of everybody who reads the queue."""
DECIDING = ("assess", "settle", "confirm-outcome")
ASSIGNING = ("assign", "release")
CALLING_BACK = frozenset({"refer-data-breach", *codes.NOTICES})
"""What gives a lead something to do with an item that had ended without follow-up."""
TELLING = frozenset({*DECIDING, *ASSIGNING, *CALLING_BACK})
"""Events from which it is told."""


@dataclass(frozen=True)
class Event:
    """One event of an item: when it was, what, and who did it; the state it led to, and whom it was about."""

    at: datetime
    kind: str
    actor: str | None
    status: str | None = None
    assignee: str | None = None


@dataclass(frozen=True)
class History:
    """An item since it was received; `events` are those of `TELLING`, in the order in which they were written."""

    item_id: str
    received_at: datetime
    events: Sequence[Event]

    def status(self, at: datetime) -> str:
        """Its state at a moment."""
        told = codes.RECEIVED
        for event in self._until(at):
            if event.kind == "confirm-outcome":
                told = codes.CONCLUDED
            elif event.kind in DECIDING:
                told = event.status or told
        return told

    def assigned(self, actor: str, at: datetime) -> bool:
        """Whether an account worked on it: sent by a lead or by having assessed it, and not released since."""
        held = False
        for event in self._until(at):
            if event.kind in ASSIGNING and event.assignee == actor:
                held = event.kind == "assign"
            held = held or (event.kind == "assess" and event.actor == actor)
        return held

    def is_work_of(self, actor: str, role: str, at: datetime) -> bool:
        """Whether opening it was this reader's work at that moment."""
        if self.received_at > at:
            return False
        if self.status(at) in OPEN or self.assigned(actor, at):
            return True
        return role in LEADING and self._supervised(actor, at)

    def _supervised(self, actor: str, at: datetime) -> bool:
        """A lead sees to what goes on, to what he settled, and to what called for a lead after it had ended."""
        return self.status(at) != codes.NO_FOLLOW_UP or any(
            event.kind in CALLING_BACK or (event.kind == "settle" and event.actor == actor) for event in self._until(at)
        )

    def _until(self, at: datetime) -> Iterator[Event]:
        return (event for event in self.events if event.at <= at)


def first_that_is_work(histories: Iterable[History], actor: str, role: str, at: datetime) -> str | None:
    """The id of the first item that was the reader's work."""
    return next((each.item_id for each in histories if each.is_work_of(actor, role, at)), None)
