"""Figures into cells, and records of one sort into a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from rich.box import SIMPLE_HEAD
from rich.table import Table

from services.detector.evaluate.figures import Interval, Rate, Share

Record = TypeVar("Record")
Columns = Sequence[tuple[str, Callable[[Record], str]]]
UNKNOWN = "-"


def table(records: Sequence[Record], columns: Columns[Record]) -> Table:
    """A row per record; a column is its heading and how a record fills it."""
    made = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for place, (heading, _) in enumerate(columns):
        made.add_column(heading, no_wrap=not place, justify="right" if place else "left")
    for record in records:
        made.add_row(*(cell(record) for _, cell in columns))
    return made


def share(value: Share) -> str:
    """The quotient, its interval, and the counts."""
    if value.share is None:
        return UNKNOWN
    return f"{value.share:.3f} {span(value.interval)} {value.count:,} of {value.of:,}"


def rate(value: Rate | None) -> str:
    """Per 1,000 employees a week, its interval, and the count."""
    return UNKNOWN if value is None else f"{value.per_thousand:.2f} {span(value.interval, 2)} {value.count:,}"


def span(value: Interval | None, digits: int = 3) -> str:
    """An interval."""
    return "" if value is None else f"[{value.low:.{digits}f}-{value.high:.{digits}f}]".replace("[", "\\[")


def number(value: float | None, digits: int = 0) -> str:
    """A number, or a dash."""
    return UNKNOWN if value is None else f"{value:,.{digits}f}"
