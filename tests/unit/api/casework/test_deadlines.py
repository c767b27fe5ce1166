"""The thirteen weeks on the agency's calendar, what lengthens them, and the 72 hours that nothing lengthens."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.casework.deadlines import (
    closed_in_time,
    due_at,
    notification_due_at,
    suspended_days,
    until,
    working_days,
)
from services.core.calendar import AgencyCalendar

ZONE = ZoneInfo("Europe/Amsterdam")


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("received", "over"),
    [
        ("2026-01-05 09:00", "2026-04-07 00:00"),  # over the change to summer time
        ("2026-08-03 23:59", "2026-11-03 00:00"),  # over the change to winter time
        ("2026-03-29 00:00", "2026-06-29 00:00"),
    ],
)
def test_thirteen_weeks_end_with_the_local_day(received, over):
    assert due_at(local(received), (), ZONE) == local(over)


def test_every_suspended_day_lengthens_them_by_one():
    spans = [
        (local("2026-02-01 10:00"), local("2026-02-11 09:00")),
        (local("2026-03-01 10:00"), local("2026-03-01 17:00")),
        (local("2026-03-28 12:00"), local("2026-03-30 12:00")),
    ]
    assert suspended_days(spans, ZONE) == 12
    assert due_at(local("2026-01-05 09:00"), spans, ZONE) == local("2026-04-19 00:00")


moments = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(moments, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=5))
def test_no_suspension_brings_the_end_nearer(received, pieces):
    spans, at = [], received
    before = due_at(received, (), ZONE)
    for gap, length in pieces:
        start = at + timedelta(days=gap)
        at = start + timedelta(days=length)
        spans.append((start, at))
        after = due_at(received, spans, ZONE)
        assert after >= before
        before = after


@given(moments, moments)
def test_who_reports_later_is_due_no_earlier(one, other):
    first, second = sorted((one, other))
    assert due_at(first, (), ZONE) <= due_at(second, (), ZONE)


@given(moments, st.integers(0, 150 * 24 * 60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=5))
def test_what_is_suspended_after_the_end_makes_nothing_timely(started, minutes, pieces):
    closed, spans, at = started + timedelta(minutes=minutes), [], started
    for gap, length in pieces:
        start = at + timedelta(days=gap)
        at = start + timedelta(days=length)
        spans.append((start, at))
    before = [(start, min(end, closed)) for start, end in spans if start < closed]
    told = closed_in_time(started, closed, spans, ZONE)
    assert told == closed_in_time(started, closed, before, ZONE) == (closed < due_at(started, before, ZONE))
    assert until(closed, before) == before


@pytest.mark.parametrize(
    ("received", "closed", "in_time"),
    [
        (
            "2026-01-05 09:00",
            "2026-04-06 23:59",
            True,
        ),  # over the change to summer time: 91 days less an hour, and more
        ("2026-01-05 09:00", "2026-04-07 00:00", False),
        ("2026-08-03 00:05", "2026-11-02 23:59", True),  # over the change to winter time
        ("2026-08-03 23:59", "2026-11-03 00:00", False),
    ],
)
def test_an_investigation_is_in_time_until_the_end_of_the_local_day(received, closed, in_time):
    assert closed_in_time(local(received), local(closed), (), ZONE) is in_time


def test_the_72_hours_run_through_nights_weekends_and_clock_changes():
    assert notification_due_at(local("2026-03-27 17:00")) == local("2026-03-30 18:00")


def test_working_days_are_counted_after_the_day_of_receipt():
    calendar = AgencyCalendar("Europe/Amsterdam")
    assert calendar.is_working_day(date(2026, 4, 7))
    # Good Friday 3 April 2026 is a working day of many, Easter Monday 6 April of none
    assert working_days(local("2026-04-02 23:30"), local("2026-04-08 01:00"), ZONE, calendar) == sum(
        calendar.is_working_day(date(2026, 4, day)) for day in range(3, 9)
    )
    assert working_days(local("2026-04-07 09:00"), local("2026-04-07 17:00"), ZONE, calendar) == 0
