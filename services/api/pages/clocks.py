"""Deadlines into the last day that they leave, and what is left of it at this moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SOON = 14
"""From here on the days that are left stand out."""
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Deadline:
    """The last day of a term, how many days come after today until then, and whether it is over."""

    last_day: date
    days_left: int
    late: bool

    @property
    def soon(self) -> bool:
        """Whether little of it is left."""
        return not self.late and self.days_left <= SOON


@dataclass(frozen=True)
class Hours:
    """A moment before which something must be done, and the whole hours that are left."""

    at: datetime
    hours_left: int
    late: bool


def deadline_of(due_at: object, now: datetime, timezone: ZoneInfo) -> Deadline | None:
    """From the moment at which a term is over, as the API tells it: the end of the last day."""
    if due_at is None:
        return None
    over = datetime.fromisoformat(str(due_at))
    last_day = (over.astimezone(timezone) - timedelta(microseconds=1)).date()
    return Deadline(last_day, (last_day - now.astimezone(timezone).date()).days, over <= now)


def hours_until(due_at: object, now: datetime) -> Hours | None:
    """From the moment at which hours are over, as the API tells it."""
    if due_at is None:
        return None
    at = datetime.fromisoformat(str(due_at))
    return Hours(at, max(0, (at - now) // HOUR), at <= now)


def with_clocks(item: Mapping[str, object], now: datetime, timezone: ZoneInfo) -> dict[str, object]:
    """An item of the queue, with what is left of its thirteen weeks and of its 72 hours."""
    return {
        **item,
        "deadline": deadline_of(item["dueAt"], now, timezone),
        "breachClock": hours_until(item["dataBreachDueAt"], now),
    }
