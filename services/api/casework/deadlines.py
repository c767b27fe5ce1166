"""The clocks of casework: thirteen weeks that suspensions lengthen, 72 hours that nothing lengthens, and lead times."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.core.calendar import AgencyCalendar

INVESTIGATION_DAYS = 13 * 7
"""From receipt of the report to the report sent (annual report on integrity 2024, chapter 11)."""
NOTIFICATION_TIME = timedelta(hours=72)
"""From the moment of knowledge to the notification of the authority (AVG art. 33(1)); nights and weekends count."""
Span = tuple[datetime, datetime]


def due_at(started_at: datetime, suspended: Iterable[Span], zone: ZoneInfo) -> datetime:
    """The end of the local day on which the thirteen weeks are over, lengthened by the days that were suspended."""
    days = INVESTIGATION_DAYS + suspended_days(suspended, zone)
    last = started_at.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)


def suspended_days(suspended: Iterable[Span], zone: ZoneInfo) -> int:
    """Calendar days of the agency between the beginnings and the ends."""
    return sum((end.astimezone(zone).date() - start.astimezone(zone).date()).days for start, end in suspended)


def until(end: datetime, suspended: Iterable[Span]) -> list[Span]:
    """What stood still before an end: what is suspended after it lengthens nothing."""
    return [(start, min(stop, end)) for start, stop in suspended if start < end]


def closed_in_time(started_at: datetime, closed_at: datetime, suspended: Iterable[Span], zone: ZoneInfo) -> bool:
    """Whether it was closed before the thirteen weeks were over."""
    return closed_at < due_at(started_at, until(closed_at, suspended), zone)


def notification_due_at(known_at: datetime) -> datetime:
    """When the authority must know."""
    return known_at + NOTIFICATION_TIME


def working_days(start: datetime, end: datetime, zone: ZoneInfo, calendar: AgencyCalendar) -> int:
    """Working days after the day of the start, up to and with the day of the end."""
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    days = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
    return sum(calendar.is_working_day(day) for day in days)
