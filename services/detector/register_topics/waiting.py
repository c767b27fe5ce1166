"""What the topic of a register says, part by part, into the last word on each version, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from services.detector.register_topics.messages import VERSION

Said = tuple[pl.DataFrame, pl.Series]
"""Rows with their versions, and versions that are gone."""
FEW_ROWS = 1_000_000
"""So many rows and versions taken away, some hundred megabytes, may wait whatever they say."""


@dataclass
class WaitingNews:
    """What was said of one register and is not in force yet.

    What was said again is let go when it is as much as what counts, so that a topic with many versions of a row takes
    no more memory than its rows do, times two.
    """

    parts: list[Said] = field(default_factory=list)
    rows: int = 0
    """Of all parts, with the versions that are gone."""
    counting: int = 0
    """Of `rows`, those of the last time that others were let go."""

    def add(self, fresh: pl.DataFrame, gone: pl.Series) -> None:
        """What was said next: rows with their versions, and versions that are gone."""
        self.parts.append((fresh, gone))
        self.rows += fresh.height + gone.len()
        if self.rows > max(FEW_ROWS, 2 * self.counting):
            self.parts = [self.last_words()]
            self.rows = self.counting = sum(rows.height + went.len() for rows, went in self.parts)

    def last_words(self) -> Said:
        """The last word on each version."""
        if len(self.parts) == 1:
            return self.parts[0]
        rows = pl.concat([fresh for fresh, _ in self.parts])
        number = pl.when("there").then(pl.col("there").cum_sum().cast(pl.Int64) - 1).alias("row")
        marks = pl.concat([said for part in self.parts for said in _marked(*part)]).with_columns(number)
        last = marks.unique(VERSION, keep="last", maintain_order=True)
        places = last["row"].drop_nulls()
        return rows if places.len() == rows.height else rows[places], last.filter(~pl.col("there"))[VERSION]


def _marked(fresh: pl.DataFrame, gone: pl.Series) -> list[pl.DataFrame]:
    """The versions of both, and whether they are there."""
    both = ((fresh[VERSION], True), (gone, False))
    return [versions.to_frame().with_columns(pl.lit(there).alias("there")) for versions, there in both]
