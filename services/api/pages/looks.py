"""The evidence of a signal into looks on the agency's clock, and into the counts that a chart says in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from services.core.calendar import CLOSING_HOUR, OPENING_HOUR
from services.core.contract import ACTIONS, STATES

WEEKEND = 5
"""Weekdays from this one on, counted from Monday = 0, are no office days."""
SHARING = ("print", "export")


@dataclass(frozen=True)
class Look:
    """One lookup of the evidence; `at` is local time."""

    at: datetime
    system: str
    action: str
    state: str

    @property
    def hour(self) -> float:
        """Hour of the day, with its fraction."""
        return self.at.hour + self.at.minute / 60 + self.at.second / 3600

    @property
    def off_hours(self) -> bool:
        """Outside the office hours of a working day."""
        return self.at.weekday() >= WEEKEND or not OPENING_HOUR <= self.at.hour < CLOSING_HOUR


@dataclass(frozen=True)
class Tally:
    """What a chart shows, in numbers."""

    looks: int
    days: int
    off_hours: int
    shared: int
    states: tuple[tuple[str, int], ...]
    """The states that occur, in the contract's order, and how often."""
    actions: tuple[str, ...]
    """The actions that occur, in the contract's order."""


def looks_of(evidence: Sequence[Mapping[str, object]], timezone: ZoneInfo) -> list[Look]:
    """The evidence as the API keeps it (camelCase), in order of time."""
    found = [
        Look(
            datetime.fromisoformat(str(lookup["occurredAt"])).astimezone(timezone),
            str(lookup["system"]),
            str(lookup["action"]),
            str(lookup["state"]),
        )
        for lookup in evidence
    ]
    return sorted(found, key=lambda look: look.at)


def tally(looks: Sequence[Look]) -> Tally:
    """The counts of some looks."""
    states = Counter(look.state for look in looks)
    return Tally(
        looks=len(looks),
        days=len({look.at.date() for look in looks}),
        off_hours=sum(look.off_hours for look in looks),
        shared=sum(look.action in SHARING for look in looks),
        states=tuple((state, states[state]) for state in STATES if states[state]),
        actions=tuple(action for action in ACTIONS if any(look.action == action for look in looks)),
    )
