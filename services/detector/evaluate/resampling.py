"""Figures of some cases into the interval that other cases of the same sort would give (a seeded bootstrap)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.detector.evaluate.figures import TAIL, Interval

RESAMPLES = 1000
SEED = 20_250_707
"""Fixed, so that equal input gives equal intervals."""

Numbers = NDArray[np.float64]


def of_mean(values: Numbers) -> Interval | None:
    """95 % interval of the mean of these cases; None without any."""
    return of_quotient(values, np.ones_like(values))


def of_quotient(above: Numbers, below: Numbers) -> Interval | None:
    """95 % interval of sum(above) / sum(below), a case holding one of each; None where there is nothing to divide by.

    Cases are what was drawn independently: episodes, or the weeks of one employee.
    """
    if not above.size or not below.sum():
        return None
    drawn = resampled(above.size)
    with np.errstate(invalid="ignore", divide="ignore"):
        return middle_part((drawn @ above) / (drawn @ below))


def resampled(cases: int, seed: int = SEED) -> Numbers:
    """How often each case was drawn, a row per resample of as many cases, with replacement."""
    drawn = np.random.default_rng(seed).multinomial(cases, np.full(cases, 1 / cases), size=RESAMPLES)
    return drawn.astype(np.float64)


def middle_part(values: Numbers) -> Interval:
    """The middle 95 % of what was found in the resamples that gave a figure."""
    low, high = np.nanquantile(values, [TAIL, 1 - TAIL])
    return Interval(float(low), float(high))
