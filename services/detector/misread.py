"""Dead letters into sentences for a person: one per file and fault, with the first place and how many more."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from services.detector.decode.faults import printable

PLACE_IN_FILE = r": (row|byte|line|after) \d+$|^offset \d+(, event \d+)?$"
SHOWN_KINDS = 20


class Misread(NamedTuple):
    """One fault in one file: its code, in how many records, where first, and what would be right."""

    code: str
    records: int
    position: str
    reason: str

    def __str__(self) -> str:
        more = self.records - 1
        others = f" (and {more:,} more like it)" if more else ""
        return f"{self.position}: {self.reason}{others}"


def misread(dead: pl.DataFrame) -> list[Misread]:
    """What dead letters (DEAD schema) tell, in the order in which it was met."""
    file = pl.col("position").str.replace(PLACE_IN_FILE, "").str.replace("^lookup .*$", "")
    faults = dead.select(file.alias("file"), "position", "reasons", "codes").explode("reasons", "codes")
    kinds = faults.group_by("file", "codes", maintain_order=True).agg(
        pl.len().alias("records"), pl.first("position"), pl.first("reasons")
    )
    return [
        Misread(code, records, printable(position), printable(reason))
        for code, records, position, reason in kinds.select("codes", "records", "position", "reasons").iter_rows()
    ]


def in_sentences(dead: pl.DataFrame) -> list[str]:
    """The same as sentences, with a last one on what is left out of a long list."""
    found = misread(dead)
    left = len(found) - SHOWN_KINDS
    more = [f"and {left:,} more kinds of faults; mend these first"] if left > 0 else []
    return [*(str(each) for each in found[:SHOWN_KINDS]), *more]
