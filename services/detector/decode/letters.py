"""Faults by row into a frame of dead letters, beside the rows that are left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from services.core.contract import Record
from services.detector.decode.faults import Fault
from services.detector.decode.lists import lists_of_text

DEAD = {
    "record": pl.String(),
    "position": pl.String(),
    "reasons": pl.List(pl.String()),
    "codes": pl.List(pl.String()),
    "raw": pl.Binary(),
}
"""Columns of dead letters before sealing; `raw` holds the record's bytes, so a frame of these never leaves memory."""

WHOLE = -1
"""Place of a fault that concerns the whole record, before its first field."""


Place = Callable[[int], str]
"""Where the record of a row stood, for people; asked for the few rows that become dead letters later."""


def by_number(row: int) -> str:
    """Where nobody tells more."""
    return f"record {row + 1}"


@dataclass(frozen=True)
class Decoded:
    """Valid records (columns of the record's schema) and dead letters (columns of DEAD), each in input order.

    `rows` has the number of each valid record, counted from 1 where reading began: rows, or lines of a text file;
    `place` tells where the valid record of a row (from 0) stood.
    """

    valid: pl.DataFrame
    dead: pl.DataFrame
    rows: pl.Series
    place: Place = by_number


def nothing(record: Record) -> Decoded:
    """No records and no dead letters."""
    return Decoded(pl.DataFrame(schema=record.schema), pl.DataFrame(schema=DEAD), numbers(0))


def numbers(count: int, before: int = 0) -> pl.Series:
    """So many record numbers, after those `before`."""
    return pl.int_range(before + 1, before + count + 1, dtype=pl.Int64, eager=True)


def dead_letters(
    record: Record, positions: Sequence[str], faults: Iterable[Sequence[Fault]], raw: Sequence[bytes]
) -> pl.DataFrame:
    """A row per dead record: where it stood, all its faults, and its bytes."""
    found = list(faults)
    columns = {
        "record": [record.name] * len(positions),
        "position": positions,
        "reasons": lists_of_text("reasons", [tuple(fault.reason for fault in of_one) for of_one in found]),
        "codes": lists_of_text("codes", [tuple(fault.code for fault in of_one) for of_one in found]),
        "raw": raw,
    }
    return pl.DataFrame(columns, schema=DEAD)


class FaultBook:
    """Gathers the faults of many rows, found column by column: the first fault of a field counts."""

    def __init__(self, record: Record) -> None:
        self._place = {name: place for place, name in enumerate(record.schema)}
        self._rows: dict[int, dict[int, Fault]] = {}

    def add(self, row: int, field: str, fault: Fault) -> None:
        """Note a fault of one field, unless the field has one already."""
        self._rows.setdefault(row, {}).setdefault(self._place[field], fault)

    def add_whole(self, row: int, fault: Fault) -> None:
        """Note that a row cannot be read at all, which leaves nothing to say about its fields."""
        self._rows.setdefault(row, {})[WHOLE] = fault

    def rows(self) -> list[int]:
        """Numbers of the faulty rows, ascending."""
        return sorted(self._rows)

    def faults(self, row: int) -> list[Fault]:
        """All faults of a row in the order of its fields."""
        found = self._rows[row]
        return [found[WHOLE]] if WHOLE in found else [found[place] for place in sorted(found)]
