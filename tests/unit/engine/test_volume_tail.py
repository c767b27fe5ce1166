"""The tail of the negative binomial distribution, and how many days may stand out by chance."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.detector.volume.tail import false_discovery_threshold, least_count, tail

MEANS = st.floats(0.05, 40)
DISPERSIONS = st.floats(0.1, 3.0)
FEW = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def summed(count: int, mean: float, dispersion: float) -> float:
    """P(X >= count) from the definition: one less the sum of the chances below it."""
    size = 1 / dispersion
    success = size / (size + mean)
    below = math.fsum(
        math.exp(
            math.lgamma(number + size) - math.lgamma(size) - math.lgamma(number + 1)
            + size * math.log(success) + number * math.log1p(-success)
        )
        for number in range(count)
    )  # fmt: skip
    return 1 - below


def tail_of(count: int, mean: float, dispersion: float) -> float:
    return float(tail(np.array([count]), np.array([mean]), np.array([dispersion]))[0])


@FEW
@given(count=st.integers(0, 120), mean=MEANS, dispersion=DISPERSIONS)
def test_it_equals_direct_summation(count: int, mean: float, dispersion: float) -> None:
    assert tail_of(count, mean, dispersion) == pytest.approx(summed(count, mean, dispersion), abs=1e-10)


@FEW
@given(mean=MEANS, dispersion=DISPERSIONS)
def test_it_has_the_mean_and_the_overdispersion_it_is_given(mean: float, dispersion: float) -> None:
    counts = np.arange(1, 20_000)
    tails = tail(counts, np.full(counts.size, mean), np.full(counts.size, dispersion))
    first, second = tails.sum(), ((2 * counts - 1) * tails).sum()  # E[X] and E[X^2] as sums over tails
    assert first == pytest.approx(mean, rel=1e-6)
    assert second - first**2 == pytest.approx(mean + dispersion * mean**2, rel=1e-5)


@FEW
@given(chance=st.floats(1e-9, 0.2), mean=MEANS, dispersion=DISPERSIONS)
def test_the_least_count_is_the_smallest_that_is_rare_enough(chance: float, mean: float, dispersion: float) -> None:
    least = int(least_count(chance, np.array([mean]), np.array([dispersion]))[0])
    assert tail_of(least, mean, dispersion) <= chance * (1 + 1e-9)
    assert tail_of(least - 1, mean, dispersion) > chance * (1 - 1e-9)


@FEW
@given(
    chances=st.lists(st.floats(1e-6, 1), min_size=1, max_size=7),
    level=st.sampled_from([0.01, 0.05, 0.2]),
    untested=st.integers(0, 5),
)
def test_the_threshold_makes_the_largest_set_that_benjamini_and_hochberg_allow(
    chances: list[float], level: float, untested: int
) -> None:
    tests = len(chances) + untested
    allowed = [
        chosen
        for size in range(len(chances) + 1)
        for chosen in combinations(sorted(chances), size)
        if all(chance <= level * size / tests for chance in chosen)
    ]
    threshold = false_discovery_threshold(np.array(chances), level, tests)
    assert sum(chance <= threshold for chance in chances) == max(len(chosen) for chosen in allowed)


def test_nothing_stands_out_where_nothing_is_rare() -> None:
    assert false_discovery_threshold(np.array([0.3, 0.9]), 0.01, 2) == 0
    assert false_discovery_threshold(np.array([]), 0.01, 0) == 0
