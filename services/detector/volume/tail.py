"""A count and its expectation into the chance of so much: the tail of a negative binomial distribution."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MOST_COUNT = 2**30


def tail(count: Ints, mean: Floats, dispersion: Floats) -> Floats:
    """P(X >= count) for counts >= 1, with the given mean (> 0) and variance mean + dispersion * mean**2 (> mean).

    The tail of a negative binomial distribution is a regularised incomplete beta function (NIST DLMF 8.17).
    """
    size = 1.0 / dispersion
    return np.asarray(betainc(count, size, mean / (size + mean)), dtype=np.float64)


def least_count(chance: float, mean: Floats, dispersion: Floats) -> Ints:
    """Smallest count >= 1 whose tail is at most `chance` (> 0), by halving; counts stay below 2**30."""
    low, high = np.ones(mean.shape, np.int64), np.full(mean.shape, MOST_COUNT)
    while np.any(low < high):
        middle = (low + high) // 2
        enough = tail(middle, mean, dispersion) <= chance
        low, high = np.where(enough, low, middle + 1), np.where(enough, middle, high)
    return low


def false_discovery_threshold(chances: Floats, level: float, tests: int) -> float:
    """Benjamini and Hochberg (1995): chances up to this are discoveries among `tests`; 0 where none is."""
    ranked = np.sort(chances)
    allowed = level * np.arange(1, ranked.size + 1) / max(tests, 1)
    passing = allowed[ranked <= allowed]
    return float(passing[-1]) if passing.size else 0.0
