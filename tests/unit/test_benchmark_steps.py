"""What the benchmark of steps measures, and the row that it prints."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from benchmarks.steps import last_week, show

START = datetime(2025, 3, 3, 12, tzinfo=UTC)


def test_the_last_week_begins_after_the_moment_seven_days_before_the_last_lookup() -> None:
    daily = pl.DataFrame({"at": [START + timedelta(days=day) for day in range(10)]})
    assert last_week(daily) == 3


def test_a_row_tells_the_median_of_its_steps_and_the_share_of_a_lookup(capsys: pytest.CaptureFixture[str]) -> None:
    show(5_000, [0.9, 0.1, 0.2])
    assert capsys.readouterr().out.split() == ["5,000", "3", "200", "40.0"]


def test_a_size_that_the_history_does_not_hold_has_no_time(capsys: pytest.CaptureFixture[str]) -> None:
    show(20_000, [])
    assert capsys.readouterr().out.split() == ["20,000", "0", "nan", "nan"]
