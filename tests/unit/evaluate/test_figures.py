"""Shares, rates and resampled figures, against published tables and sums done by hand."""

from __future__ import annotations

import numpy as np
import pytest

from services.detector.evaluate import resampling
from services.detector.evaluate.figures import Rate, Share


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(50, 100, 0.4038, 0.5962), (0, 20, 0.0, 0.1611), (20, 20, 0.8389, 1.0), (0, 0, 0.0, 1.0)],
)
def test_the_interval_of_a_share_is_wilsons(count: int, of: int, low: float, high: float) -> None:
    interval = Share(count, of).interval
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(("count", "low", "high"), [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (10, 4.7954, 18.3904)])
def test_the_interval_of_a_rate_is_that_of_the_tables_of_poisson(count: int, low: float, high: float) -> None:
    rate = Rate(count, 1000)
    assert rate.per_thousand == count
    assert (rate.interval.low, rate.interval.high) == pytest.approx((low, high), abs=1e-4)


def test_a_rate_is_per_thousand_employees_and_week() -> None:
    assert Rate(3, 6000).per_thousand == 0.5


def test_the_interval_of_a_mean_holds_it_and_narrows_with_more_cases() -> None:
    few, many = (resampling.of_mean(np.tile([0.0, 1.0], times)) for times in (10, 1000))
    assert few is not None
    assert many is not None
    assert few.low < many.low < 0.5 < many.high < few.high
    # a mean of 2,000 such values has a standard deviation of .5 / sqrt(2000) = .0112
    assert (many.low, many.high) == pytest.approx((0.5 - 1.96 * 0.0112, 0.5 + 1.96 * 0.0112), abs=0.003)


def test_a_quotient_keeps_what_belongs_together_together() -> None:
    # every case has the same quotient, so whichever are drawn, the quotient is the same
    same = resampling.of_quotient(np.array([1.0, 2.0, 30.0]), np.array([2.0, 4.0, 60.0]))
    assert same is not None
    assert (same.low, same.high) == (0.5, 0.5)


def test_nothing_drawn_gives_no_interval() -> None:
    assert resampling.of_mean(np.array([])) is None
    assert resampling.of_quotient(np.array([0.0]), np.array([0.0])) is None


def test_equal_cases_give_equal_intervals() -> None:
    values = np.array([0.1, 0.9, 0.4])
    assert resampling.of_mean(values) == resampling.of_mean(values)
