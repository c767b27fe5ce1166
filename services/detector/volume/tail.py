"""A count and its expectation into the chance of so much: the tail of a negative binomial distribution."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def tail(count: Ints, mean: Floats, dispersion: Floats) -> Floats:
    """P(X >= count) with the given mean (> 0) and variance mean + dispersion * mean**2 (dispersion > 0)."""
    size = 1.0 / dispersion
    return np.asarray(nbinom.sf(count - 1, size, size / (size + mean)), dtype=np.float64)


def least_count(chance: float, mean: Floats, dispersion: Floats) -> Ints:
    """Smallest count whose tail is at most `chance`."""
    size = 1.0 / dispersion
    return np.asarray(nbinom.isf(chance, size, size / (size + mean)), dtype=np.int64) + 1


def false_discovery_threshold(chances: Floats, level: float, tests: int) -> float:
    """Benjamini and Hochberg (1995): chances up to this are discoveries among `tests`; 0 where none is."""
    ranked = np.sort(chances)
    allowed = level * np.arange(1, ranked.size + 1) / max(tests, 1)
    passing = allowed[ranked <= allowed]
    return float(passing[-1]) if passing.size else 0.0
