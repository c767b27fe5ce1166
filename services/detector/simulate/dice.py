"""One seed into independent streams of random numbers, and the few kinds of draw that the simulator makes."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Dice = np.random.Generator

NONE = -1
"""Stands for "no person, no case, ..." in columns of codes."""


class Rows:
    """Row numbers by the value of one column, found without a scan."""

    def __init__(self, keys: Ints) -> None:
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]

    def of(self, *keys: int) -> Ints:
        """Rows that hold one of the keys, key by key, each in the order of the table."""
        spans = [self._order[slice(*np.searchsorted(self._keys, [key, key + 1]))] for key in keys]
        return np.concatenate(spans)


def dice(seed: int, part: str) -> Dice:
    """The random numbers of one part: fixed by seed and name, so a change in one part does not move the others."""
    return np.random.default_rng([seed, zlib.crc32(part.encode())])


def choose(rng: Dice, shares: Sequence[float] | Floats | Ints, count: int) -> Ints:
    """`count` positions in `shares`, each drawn in proportion to its share (shares need not add up to one)."""
    edges = np.cumsum(np.asarray(shares, dtype=np.float64))
    drawn = np.searchsorted(edges, rng.random(count) * edges[-1], side="right")
    chosen: Ints = np.minimum(drawn, len(edges) - 1).astype(np.int64)
    return chosen


def overdispersed(rng: Dice, mean: float, shape: float, count: int) -> Ints:
    """Negative binomial counts as a gamma mixture of Poisson counts: variance = mean + mean^2 / shape."""
    return rng.poisson(rng.gamma(shape, mean / shape, count)).astype(np.int64)


def sample(rng: Dice, flags: Flags, share: float) -> Ints:
    """Positions of the true flags, each kept with probability `share`."""
    where = np.flatnonzero(flags)
    return where[rng.random(len(where)) < share]
