"""Waits between tries grow, stay bounded, and respect what the other side asks for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.core.backoff import RETRY_AFTER_LIMIT, Backoff, retry_after

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_waits_stay_between_the_bounds_and_reach_neither_by_rule() -> None:
    backoff = Backoff()
    waits = [backoff.after_failure() for _ in range(500)]
    assert waits[0] == 0.5
    assert all(0.5 <= wait <= 60 for wait in waits)
    assert len(set(waits[10:])) > 400
    assert max(waits) > 30


def test_the_ceiling_doubles_with_each_failure() -> None:
    firsts = [[Backoff(1, 60).after_failure()] for _ in range(3)]
    assert firsts == [[1.0]] * 3
    for failures, ceiling in enumerate((1, 2, 4, 8, 16, 32, 60, 60)):
        backoff = Backoff(1, 60)
        for _ in range(failures):
            backoff.after_failure()
        assert 1 <= backoff.after_failure() <= ceiling


def test_success_starts_anew() -> None:
    backoff = Backoff(1, 60)
    for _ in range(9):
        backoff.after_failure()
    backoff.reset()
    assert backoff.after_failure() == 1


def test_a_wait_is_never_shorter_than_asked() -> None:
    assert Backoff(1, 60).after_failure(asked=90) == 90
    assert Backoff(1, 60).after_failure(asked=0) == 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("99999999", RETRY_AFTER_LIMIT),
        ("Mon, 02 Mar 2026 09:00:30 GMT", 30),
        ("Mon, 02 Mar 2026 08:00:00 GMT", 0),
        ("Mon, 02 Mar 2099 08:00:00 GMT", RETRY_AFTER_LIMIT),
        ("Mon, 02 Mar 2026 09:00:30", None),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_may_be_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}, NOW) == seconds


def test_no_header_asks_for_nothing() -> None:
    assert retry_after({}, NOW) is None
