"""Register rows of one employee or one relation into periods of which one is in force at a time.

A row is known by its key and the moment at which it begins; of several registrations the newest counts. Where rows
still run into each other, the one that began last is in force; of those that began together a fixed one, whatever
their order in the file.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import polars as pl

from services.core.contract import INSTANT

EMPLOYEE_KEY = ("employee_id",)
RELATION_KEY = ("employee_id", "bsn", "kind", "source")

FOREVER = 2**62
"""End of an open period, in microseconds since 1970; beyond every year of a calendar."""


class Piece(NamedTuple):
    """A stretch of time in which a row says something; the greatest rank of those in force counts."""

    start: int
    end: int
    rank: int


def in_force(rows: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    """The rows (EMPLOYEE or RELATION schema) as periods that do not overlap within their key, in no fixed order.

    `registered_at` becomes the moment since which the register says what a period holds.
    """
    rows = rows.with_columns(pl.coalesce("registered_at", "valid_from").alias("registered_at"))
    several = pl.struct(key).is_duplicated()
    pieces = _known_pieces(rows.filter(several), key)
    clash = _runs_into_another(key)
    clashing = pieces.filter(clash.any().over(key))
    quiet = pieces.filter(~clash.any().over(key))
    settled = pl.concat([quiet, _told_apart(clashing, key)]).with_columns(
        pl.col("start").cast(INSTANT).alias("valid_from"),
        pl.when(pl.col("end") < FOREVER).then("end").cast(INSTANT).alias("valid_to"),
    )
    return pl.concat([rows.filter(~several), settled.select(rows.columns)])


def overlapping(rows: pl.DataFrame, key: tuple[str, ...]) -> pl.Series:
    """Numbers (from 0) of the rows whose period runs into another's of their key.

    Repeats of a row, and registrations that a newer one replaced, run into nothing.
    """
    known = pl.coalesce("registered_at", "valid_from")
    newest = (
        rows.with_row_index("number")
        .filter(pl.struct(key).is_duplicated())
        .unique(rows.columns, keep="first", maintain_order=True)
        .filter(known == known.max().over(*key, "valid_from"))
        .with_columns(pl.col("valid_from").to_physical().alias("start"), _end())
        .filter(pl.col("start") < pl.col("end"))
    )
    return newest.filter(_runs_into_another(key))["number"].sort()


def _end() -> pl.Expr:
    return pl.col("valid_to").to_physical().fill_null(FOREVER).alias("end")


def _runs_into_another(key: tuple[str, ...]) -> pl.Expr:
    """Whether the stretch from `start` to `end` shares a moment with another of its key."""
    into_next = pl.col("end") > pl.col("start").shift(-1).over(key, order_by="start")
    from_before = pl.col("start") < pl.col("end").cum_max().shift(1).over(key, order_by="start")
    return into_next.fill_null(value=False) | from_before.fill_null(value=False)


def _known_pieces(rows: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    """Adds `start` and `end`: each row cut to what its newest registration left of it, and to what was new in it.

    An older registration counts only where it said the same: it shows since when that was known.
    """
    same = [name for name in rows.columns if name not in ("valid_to", "registered_at")]
    known, end = pl.col("registered_at"), pl.col("end")
    in_order = rows.with_columns(_end()).sort(*same, "registered_at", "end", nulls_last=True)
    newest = in_order.filter(known.max().over(same) == known.max().over(*key, "valid_from"))
    cut = newest.with_columns(pl.min_horizontal(end, end.last().over(same)).alias("end"))
    told_before = end.cum_max().shift(1).over(same)
    start = pl.max_horizontal(pl.col("valid_from").to_physical(), told_before).alias("start")
    return cut.with_columns(start).filter(pl.col("start") < end)


def _told_apart(pieces: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    """Pieces that overlap into pieces that do not."""
    said = [name for name in pieces.columns if name not in (*key, "valid_from", "registered_at", "start", "end")]
    ranked = pieces.sort("valid_from", *said, nulls_last=True).with_columns(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("rank")
    )
    parts = [
        piece
        for of_one in ranked.sort("start").partition_by(key)
        for piece in _sweep(Piece(*row) for row in of_one.select("start", "end", "rank").iter_rows())
    ]
    cut = pl.DataFrame(parts, schema=dict.fromkeys(Piece._fields, pl.Int64), orient="row")
    return cut.join(ranked.drop("start", "end"), on="rank").select(pieces.columns)


def _sweep(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Of pieces in order of their start, the one in force between each two cuts; time grows with n log n."""
    waiting = list(pieces)
    cuts = sorted({piece.start for piece in waiting} | {piece.end for piece in waiting})
    waiting.reverse()
    open_: list[tuple[int, int]] = []
    for start, end in pairwise(cuts):
        while waiting and waiting[-1].start <= start:
            piece = waiting.pop()
            heapq.heappush(open_, (-piece.rank, piece.end))
        while open_ and open_[0][1] <= start:
            heapq.heappop(open_)
        if open_:
            yield Piece(start, end, -open_[0][0])
