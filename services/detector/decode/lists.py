"""Python lists of text into a list column."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import msgspec
import polars as pl

TEXTS = pl.List(pl.String())


class Lists:
    """Lists of text, each null or a tuple, as places in a table of the distinct ones.

    Polars would make a Series of every list it is given, at some 30 microseconds each; so it is given the JSON of the
    distinct ones.
    """

    def __init__(self) -> None:
        self._table = _Table()

    def places(self, name: str, values: Iterable[Hashable]) -> pl.Series:
        """Where the table has these; it grows by those that are new."""
        return pl.Series(name, list(map(self._table.__getitem__, values)), pl.UInt32)

    def column(self, places: pl.Series) -> pl.Series:
        """The lists at these places."""
        distinct = [None if value is None else msgspec.json.encode(value).decode() for value in self._table]
        return pl.Series(places.name, distinct, pl.String).str.json_decode(TEXTS).gather(places)


class _Table(dict[Hashable, int]):
    """The place of each value, in the order in which they were asked for."""

    def __missing__(self, value: Hashable) -> int:
        place = self[value] = len(self)
        return place


def lists_of_text(name: str, values: Iterable[Hashable]) -> pl.Series:
    """The values, each null or a tuple of texts, as a column."""
    lists = Lists()
    return lists.column(lists.places(name, values))
