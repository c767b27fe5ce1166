"""Counts into figures that say how sure they are: shares, rates and intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import gammaincinv

SURE = 1.959964
"""Quantile of the normal distribution for a two-sided interval of 95 %."""
TAIL = 0.025
"""What a two-sided interval of 95 % leaves out on either side."""
THOUSAND = 1000


@dataclass(frozen=True)
class Interval:
    """Where a figure lies with 95 % confidence."""

    low: float
    high: float


@dataclass(frozen=True)
class Share:
    """`count` out of `of`."""

    count: int
    of: int

    @property
    def share(self) -> float | None:
        """0 to 1; None where there was nothing to count."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> Interval:
        """95 % interval of the share (Wilson 1927); nothing counted gives 0 to 1."""
        if not self.of:
            return Interval(0.0, 1.0)
        share, weight = self.count / self.of, SURE**2 / self.of
        middle = (share + weight / 2) / (1 + weight)
        half = SURE / (1 + weight) * math.sqrt(share * (1 - share) / self.of + weight / (4 * self.of))
        return Interval(max(middle - half, 0.0), min(middle + half, 1.0))


@dataclass(frozen=True)
class Rate:
    """`count` in so many weeks of one employee at work."""

    count: int
    employee_weeks: int

    @property
    def per_thousand(self) -> float:
        """Per 1,000 employees a week."""
        return THOUSAND * self.count / self.employee_weeks

    @property
    def interval(self) -> Interval:
        """95 % interval of `per_thousand` where events fall independently (Garwood 1936)."""
        low = float(gammaincinv(self.count, TAIL)) if self.count else 0.0
        high = float(gammaincinv(self.count + 1, 1 - TAIL))
        return Interval(THOUSAND * low / self.employee_weeks, THOUSAND * high / self.employee_weeks)
