"""A number of persons out of many, and the usual share, into the chance of so many: a beta-binomial tail."""

from __future__ import annotations

import numpy as np
from scipy.special import betaln, gammaln


def tail(count: int, total: int, share: float, correlation: float) -> float:
    """P(X >= count) of `total` persons of whom each counts with chance `share` (0 to 1), unevenly among employees.

    `correlation` (above 0, below 1) is that between two persons of one employee: the variance of the binomial
    distribution times 1 + (total - 1) * correlation. The tail itself is added up, so that small chances keep digits.
    """
    if count <= 0:
        return 1.0
    size = (1.0 - correlation) / correlation
    first, second = share * size, (1.0 - share) * size
    many = np.arange(count, total + 1)
    ways = gammaln(total + 1) - gammaln(many + 1) - gammaln(total - many + 1)
    chances = np.exp(ways + betaln(many + first, total - many + second) - betaln(first, second))
    return min(float(chances.sum()), 1.0)


def least_count(chance: float, total: int, share: float, correlation: float) -> int:
    """Smallest count whose tail is at most `chance`, by halving; total + 1 where none is."""
    low, high = 1, total + 1
    while low < high:
        middle = (low + high) // 2
        if tail(middle, total, share, correlation) <= chance:
            high = middle
        else:
            low = middle + 1
    return low
