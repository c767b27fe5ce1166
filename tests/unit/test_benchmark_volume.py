"""The arithmetic of benchmarks/volume.py: thresholds, recall, intervals, and what planting does to a day."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from benchmarks.volume_models import plant
from benchmarks.volume_models.engine import caught
from benchmarks.volume_models.history import of_all, with_known
from benchmarks.volume_models.models import MODELS, NEVER, with_floor
from benchmarks.volume_models.page import BEGIN, END, refreshed
from benchmarks.volume_models.recall import allowed, recall, threshold, wilson
from services.core.errors import InputError
from services.detector.state.schemas import FEATURES
from services.detector.thresholds import VolumeSettings

MONDAY = date(2026, 3, 2)
SETTINGS = VolumeSettings()
CLEAN = np.array([1.0, 5.0, 3.0, 2.0, 4.0])


def days_of(*counts: int, employee: int = 1) -> pl.DataFrame:
    """Features of an employee with twenty explained persons a day, and so many unexplained, from Monday on."""
    rows = [
        {
            "employee": employee,
            "day": MONDAY + timedelta(place),
            "workload": 20 + count,
            "unexplained": count,
            "searched": 0,
        }
        for place, count in enumerate(counts)
    ]
    return (
        pl.DataFrame(rows).with_columns(bucket=pl.col("day").cast(pl.Int32)).cast(dict(FEATURES)).select(list(FEATURES))
    )


def sown(day: int, persons: int, unexplained: int) -> plant.Planted:
    """A burst of employee 1."""
    days = pl.DataFrame([(1, MONDAY + timedelta(day), 0)], schema=plant.SCHEMA, orient="row")
    every = days.select("planting", "day").join(pl.DataFrame({"order": range(persons)}), how="cross")
    return plant.Planted(days, every, every.filter(pl.col("order") < unexplained))


def test_a_threshold_lets_exactly_the_allowed_number_of_clean_days_through() -> None:
    for signals in range(CLEAN.size):
        assert np.sum(threshold(CLEAN, signals) < CLEAN) == signals


def test_equal_scores_never_let_more_through_than_allowed() -> None:
    assert np.sum(np.array([7.0, 7.0, 7.0, 1.0]) > threshold(np.array([7.0, 7.0, 7.0, 1.0]), 2)) == 0


def test_a_budget_above_the_number_of_clean_days_catches_everything() -> None:
    assert recall(CLEAN, np.array([-10.0, 0.0]), 9.5) == 1


def test_recall_is_the_share_of_plantings_above_the_threshold() -> None:
    planted = np.array([4.5, 5.5, 6.0, 0.0])
    assert recall(CLEAN, planted, 0) == 0.5
    assert recall(CLEAN, planted, 1) == 0.75


def test_a_fraction_of_a_signal_lies_between_the_recalls_at_whole_signals() -> None:
    assert recall(CLEAN, np.array([4.5, 5.5, 6.0, 0.0]), 0.8) == pytest.approx(0.5 + 0.8 * 0.25)


def test_a_planting_that_is_never_a_signal_is_not_caught_at_any_budget_within_the_days_that_are() -> None:
    clean = np.array([3.0, 2.0, NEVER, NEVER])
    assert recall(clean, np.array([NEVER, 2.5]), 3) == 0.5


def test_recall_of_nothing_planted_is_unknown() -> None:
    assert math.isnan(recall(CLEAN, np.array([]), 1))


def test_a_budget_is_per_thousand_employees_and_week() -> None:
    assert allowed(5, 800) == 4
    assert allowed(1, 800) == 0.8


def test_wilson_intervals_are_those_of_the_tables() -> None:
    assert wilson(0.5, 100) == pytest.approx((0.4038, 0.5962), abs=1e-4)
    assert wilson(0.0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson(1.0, 20) == pytest.approx((0.8389, 1.0), abs=1e-4)
    assert wilson(0.0, 0) == (0.0, 1.0)


def test_a_burst_adds_all_persons_to_the_work_and_only_the_unexplained_ones_to_the_count() -> None:
    days = days_of(1, 2, 1)
    burst = sown(1, persons=10, unexplained=7)
    assert burst.on(days, 10, unexplained=True).select("workload", "unexplained").row(0) == (32, 9)
    assert burst.on(days, 5, unexplained=True).select("workload", "unexplained").row(0) == (27, 7)
    assert burst.on(of_all(days), 10, unexplained=False).select("workload", "unexplained").row(0) == (32, 32)


def test_a_burst_is_not_in_the_history_of_its_own_day() -> None:
    known = with_known(days_of(1, 2, 1, 0), SETTINGS)
    burst = sown(2, persons=30, unexplained=30).on(known, 30, unexplained=True)
    assert burst.select("own_mean", "own_sum", "median").row(0) == (1.5, 3, 1.5)


def test_a_drip_is_in_the_history_of_its_later_days() -> None:
    days = pl.concat([days_of(*[0] * 20), days_of(*[1] * 20, employee=2)]).sort("employee", "day")
    chosen = plant.drips(days.filter(pl.col("employee") == 1), 1, np.random.default_rng(1))
    every = chosen.select("planting", "day").join(pl.DataFrame({"order": range(3)}), how="cross")
    drip = plant.Planted(chosen, every, every)
    rows = plant.dripping(with_known(days, SETTINGS), days, drip, SETTINGS, unexplained=True).sort("day")
    assert rows["unexplained"].to_list() == [3] * plant.DRIP_DAYS
    assert rows["own_sum"].to_list() == [3 * earlier for earlier in range(plant.DRIP_DAYS)]


def test_bursts_fall_on_days_at_work_and_are_the_same_for_the_same_seed() -> None:
    days = pl.concat([days_of(1, 1, 1), days_of(1, 1, employee=2)])
    first, again = (plant.bursts(days, 50, np.random.default_rng(3)) for _ in range(2))
    assert first.equals(again)
    assert first.height == 50
    assert first.join(days, on=["employee", "day"], how="anti").is_empty()
    assert plant.bursts(days, 50, np.random.default_rng(4)).equals(first) is False


@pytest.mark.parametrize("name", list(MODELS))
def test_every_way_of_judging_finds_a_larger_burst_stranger_and_the_floor_silences_small_days(name: str) -> None:
    known = with_known(days_of(0, 1, 2, 1, 0, 1, 2, 1, 1), SETTINGS)
    score = with_floor(MODELS[name], SETTINGS.min_subjects)
    small, large, larger = (
        float(score(sown(8, size, size).on(known, size, unexplained=True))[0]) for size in (2, 8, 20)
    )
    assert small == NEVER
    assert large < larger


def test_as_shipped_the_engine_catches_a_large_burst_and_leaves_a_small_one() -> None:
    known = with_known(days_of(0, 1, 2, 1, 0, 1, 2, 1, 1), SETTINGS)
    shares = [caught(known, sown(8, size, size).on(known, size, unexplained=True), SETTINGS) for size in (3, 60)]
    assert shares == [0, 1]


def test_only_what_stands_between_the_markers_of_the_page_is_replaced() -> None:
    assert refreshed(f"a\n{BEGIN}\nold\n{END}\nb", "new") == f"a\n{BEGIN}\nnew\n{END}\nb"
    with pytest.raises(InputError, match="in this order"):
        refreshed(f"{END} {BEGIN}", "new")
