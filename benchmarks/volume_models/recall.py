"""Scores of clean and of planted days into the share of plantings that is caught at a budget of false signals."""

from __future__ import annotations

import math

import numpy as np

from benchmarks.volume_models.arrays import Floats

SURE = 1.959964
"""Quantile of the normal distribution for a two-sided interval of 95 %."""


def allowed(per_thousand_a_week: float, employee_weeks: int) -> float:
    """False signals that a budget allows in so many weeks at work, fractions kept."""
    return per_thousand_a_week * employee_weeks / 1000


def threshold(clean: Floats, signals: int) -> float:
    """The score that at most so many clean days exceed: fewer where scores are equal."""
    return float(np.sort(clean)[::-1][signals]) if signals < clean.size else -math.inf


def recall(clean: Floats, planted: Floats, budget: float) -> float:
    """Share of planted scores above the threshold that `budget` false signals leave.

    A fraction of a signal is honoured as a chance: 0.8 lies at 80 % between the recalls at none and at one. So every
    model spends exactly the same.
    """
    if not planted.size:
        return math.nan
    whole = math.floor(budget)
    low, high = (float(np.mean(planted > threshold(clean, signals))) for signals in (whole, whole + 1))
    return low + (budget - whole) * (high - low)


def wilson(share: float, number: int) -> tuple[float, float]:
    """95 % interval of a share out of so many draws (Wilson 1927); nothing drawn gives 0 to 1."""
    if not number:
        return 0.0, 1.0
    weight = SURE**2 / number
    middle = (share + weight / 2) / (1 + weight)
    half = SURE / (1 + weight) * math.sqrt(share * (1 - share) / number + weight / (4 * number))
    return max(middle - half, 0.0), min(middle + half, 1.0)
