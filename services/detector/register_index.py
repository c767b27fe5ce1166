"""Register rows into indexes by one integer key, which hand back the rows of some keys."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

WHOLE_ABOVE = 0.3
"""Asked for more than this share of the keys, an index hands back the whole register: gathering would cost more."""

Places = NDArray[np.int64]


class RegisterIndex(Protocol):
    """A register that is asked by one integer key."""

    @property
    def frame(self) -> pl.DataFrame:
        """All rows."""
        ...

    @property
    def height(self) -> int:
        """About how many rows there are, told without gathering them."""
        ...

    def rows(self, keys: pl.Series) -> pl.DataFrame:
        """At least the rows of these keys (nulls and unknown keys have none)."""
        ...

    def where(self, column: str, values: pl.Series) -> pl.DataFrame:
        """The rows that have one of these values in a column; looks at every row."""
        ...

    def known(self) -> pl.Series:
        """The distinct keys that have rows."""
        ...


class Index:
    """A register sorted by one integer key; hands back the rows of given keys without scanning the register."""

    def __init__(self, frame: pl.DataFrame, key: str) -> None:
        self.frame = frame.sort(key, "valid_from", "known_from", maintain_order=True)
        self.key = key
        self.keys, self._starts = np.unique(self.frame[key].to_numpy(), return_index=True)
        self._ends = np.append(self._starts[1:], self.frame.height)

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self.frame.height

    def rows(self, keys: pl.Series) -> pl.DataFrame:
        """The register rows of these keys (nulls and unknown keys have none)."""
        wanted = np.unique((keys.drop_nulls() if keys.null_count() else keys).to_numpy())
        if wanted.size > WHOLE_ABOVE * self.keys.size:
            return self.frame
        return self.frame[self._places(wanted)]

    def where(self, column: str, values: pl.Series) -> pl.DataFrame:
        """The rows that have one of these values in a column; looks at every row."""
        return self.frame.filter(pl.col(column).is_in(values.unique().implode()))

    def known(self) -> pl.Series:
        """The distinct keys that have rows."""
        return pl.Series(self.key, self.keys, dtype=pl.Int64)

    def _places(self, wanted: NDArray[np.int64]) -> Places:
        found = np.searchsorted(self.keys, wanted)
        found = np.sort(found[(found < self.keys.size) & (self.keys[np.minimum(found, self.keys.size - 1)] == wanted)])
        return stretches(self._starts[found], self._ends[found])


def marked(places: pl.Series, height: int) -> pl.Series:
    """Of so many rows, which are at these places."""
    found = np.zeros(height, dtype=np.bool_)
    found[places.to_numpy()] = True
    return pl.Series(found)


def stretches(starts: Places, ends: Places) -> Places:
    """The numbers from each start to before its end, one stretch after the other."""
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    numbers: Places = np.arange(lengths.sum()) + np.repeat(starts - before, lengths)
    return numbers
