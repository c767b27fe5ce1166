"""The clock of a case as its readers see it: when it ends, how long it stood still, how much is left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from services.api.casework.case import Case
from services.api.casework.deadlines import closed_in_time, suspended_days, until
from services.core.wire import to_wire


def clock_view(case: Case, now: datetime, zone: ZoneInfo) -> Mapping[str, object]:
    """Times in UTC; days are those of the agency's calendar. A clock that stands still has no end yet."""
    item, running = case.item, case.suspension
    spans = case.suspended_spans if item.closed_at is None else until(item.closed_at, case.suspended_spans)
    started_at = item.clock_started_at or item.received_at
    due = item.due_at
    end = item.closed_at or now
    return {
        "startedAt": to_wire(started_at),
        "dueAt": to_wire(due),
        "daysLeft": None if due is None else (due.astimezone(zone).date() - now.astimezone(zone).date()).days - 1,
        "overdue": due is not None and due <= now,
        "closedAt": to_wire(item.closed_at),
        "closedInTime": item.closed_at and closed_in_time(started_at, item.closed_at, spans, zone),
        "weeks": round((end - started_at).total_seconds() / (7 * 24 * 3600), 1),
        "suspendedSince": running and to_wire(running.started_at),
        "suspendedDays": suspended_days(spans, zone),
        "suspensions": [
            to_wire(
                {name: getattr(row, name) for name in ("reason", "started_at", "started_by", "ended_at", "ended_by")}
            )
            for row in case.suspensions
        ],
    }
