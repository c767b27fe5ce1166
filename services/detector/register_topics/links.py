"""Case links as their topic gives them into an index that takes single rows without being made anew.

Most rows stand in a large sorted base. Persons whose links changed since it was made have all their rows in a small
layer above it, and none in the base count any more. When the layer has grown, both become a new base.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from services.core.contract import INSTANT, LINK_KINDS
from services.detector.register_index import Places, stretches
from services.detector.register_topics.messages import VERSION
from services.detector.registers import with_versions

KIND = pl.Enum(sorted(LINK_KINDS))
"""In the order of their texts, so that rows are in the same order as with texts."""
ROWS = {
    "link_id": pl.Int64(),
    "case": pl.Int64(),
    "subject": pl.Int64(),
    "subject_check": pl.Int64(),
    "assignee": pl.Int64(),
    "to_team": pl.Boolean(),
    "link_kind": KIND,
    "valid_from": INSTANT,
    "valid_to": INSTANT,
    "known_from": INSTANT,
    "registered_by_employee": pl.Int64(),
    VERSION: pl.Int64(),
}
"""Case links as they are held: as the encoder makes them, ids as integers, and the version."""
INDEXED = ROWS | {"known_until": INSTANT}
ORDER = ("subject", "valid_from", "known_from")

LARGEST_LAYER = 0.02
"""Share of the base that the layer may have: every question looks through it, and a new base takes seconds."""
LAYER_ROWS = 50_000
"""A layer that is smaller than this costs nothing."""

OF_THE_BASE = ("_by_person", "_by_version", "_by_link_id")
"""What is worked out of the base once, and is true of every layer above it."""


@dataclass(frozen=True)
class _Where:
    """Where each value of a column of integers stands."""

    values: NDArray[np.int64]
    order: NDArray[np.uint32] | None
    """Places in the order of their values; null where the column is in this order itself."""

    @staticmethod
    def of(column: pl.Series) -> _Where:
        values = column.to_numpy()
        order = np.argsort(values, kind="stable").astype(np.uint32)
        return _Where(values[order], order)

    def places(self, wanted: pl.Series) -> Places:
        keys = np.sort(wanted.drop_nulls().unique().to_numpy())
        found = stretches(np.searchsorted(self.values, keys, "left"), np.searchsorted(self.values, keys, "right"))
        return found if self.order is None else self.order[found].astype(np.int64)


@dataclass(frozen=True)
class LayeredLinks:
    """Case links by person; answers like an index over all rows. Never changed: `taken` gives another one."""

    base: pl.DataFrame
    """In the order of persons (INDEXED)."""
    layer: pl.DataFrame
    """All rows of the persons in `touched` (INDEXED)."""
    touched: pl.Series
    spare: pl.DataFrame
    """Rows that count for nothing as long as one of the same link and registration is there (ROWS)."""

    @staticmethod
    def of(rows: pl.DataFrame) -> LayeredLinks:
        """Of all rows (ROWS) anew."""
        indexed, spare = with_versions(rows)
        nobody = pl.Series("subject", [], dtype=pl.Int64)
        return LayeredLinks(indexed.sort(ORDER), pl.DataFrame(schema=INDEXED), nobody, spare)

    def rows(self, keys: pl.Series) -> pl.DataFrame:
        """The links of these persons, as the engine has them."""
        below, above = self._of_persons(keys)
        both = below.merge_sorted(above.sort(ORDER), key="subject") if above.height else below
        return _as_the_engine_has_them(both)

    def where(self, column: str, values: pl.Series) -> pl.DataFrame:
        """The links that have one of these values in a column; looks at every row."""
        wanted = pl.col(column).is_in(values.unique().implode())
        untouched = ~pl.col("subject").is_in(self.touched.implode())
        return _as_the_engine_has_them(pl.concat([self.base.filter(wanted & untouched), self.layer.filter(wanted)]))

    def known(self) -> pl.Series:
        """The persons who have links."""
        return pl.concat([self._untouched()["subject"], self.layer["subject"]]).unique()

    @property
    def frame(self) -> pl.DataFrame:
        """All rows, copied."""
        return _as_the_engine_has_them(pl.concat([self._untouched(), self.layer]))

    @property
    def height(self) -> int:
        """About how many rows there are."""
        return self.base.height + self.layer.height

    def taken(self, fresh: pl.DataFrame, gone: pl.Series) -> tuple[LayeredLinks, pl.Series]:
        """The links with fresh rows (ROWS) and without versions that are gone, and the persons whom that concerns."""
        if not self.height:
            return LayeredLinks.of(fresh), fresh["subject"].unique()
        outdated = pl.concat([fresh[VERSION], gone])
        old = self._held(VERSION, outdated)
        came = fresh.join(old, on=list(ROWS), how="anti", nulls_equal=True)
        went = old.join(fresh, on=list(ROWS), how="anti", nulls_equal=True)
        links = pl.concat([came["link_id"], went["link_id"]]).unique()
        if links.is_empty():
            return self, pl.Series("subject", [], dtype=pl.Int64)
        before = self._held("link_id", links)
        kept = before.filter(~pl.col(VERSION).is_in(outdated.implode()))
        now = pl.concat([kept, fresh.filter(pl.col("link_id").is_in(links.implode()))])
        persons = pl.concat([before["subject"], now["subject"]]).unique()
        return self._with(links, persons, now), persons

    def _with(self, links: pl.Series, persons: pl.Series, now: pl.DataFrame) -> LayeredLinks:
        """The same with these rows of these links, which are all of them."""
        indexed, spare = with_versions(now)
        others = pl.concat(self._of_persons(persons)).filter(~pl.col("link_id").is_in(links.implode()))
        elsewhere = self.layer.filter(~pl.col("subject").is_in(persons.implode()))
        layered = LayeredLinks(
            self.base,
            pl.concat([elsewhere, others, indexed]),
            pl.concat([self.touched, persons]).unique(),
            pl.concat([self.spare.filter(~pl.col("link_id").is_in(links.implode())), spare]),
        )
        layered.__dict__.update({name: self.__dict__[name] for name in OF_THE_BASE if name in self.__dict__})
        return (
            layered._merged() if layered.layer.height > max(LAYER_ROWS, LARGEST_LAYER * self.base.height) else layered
        )

    def _merged(self) -> LayeredLinks:
        base = pl.concat([self._untouched(), self.layer]).sort(ORDER)
        return LayeredLinks(base, self.layer.clear(), self.touched.clear(), self.spare)

    def _untouched(self) -> pl.DataFrame:
        return self.base.filter(~pl.col("subject").is_in(self.touched.implode()))

    def _of_persons(self, persons: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Their rows of the base, in its order, and those of the layer; each person's are in one of both."""
        distinct = persons.drop_nulls().unique()
        asked = distinct.filter(~distinct.is_in(self.touched.implode()))
        above = self.layer.filter(pl.col("subject").is_in(distinct.implode()))
        return self.base[self._by_person.places(asked)], above

    def _held(self, column: str, values: pl.Series) -> pl.DataFrame:
        """The rows (ROWS), spare ones too, that have one of these versions or ids."""
        where = self._by_version if column == VERSION else self._by_link_id
        below = self.base[where.places(values)].filter(~pl.col("subject").is_in(self.touched.implode()))
        wanted = pl.col(column).is_in(values.implode())
        parts = [below, self.layer.filter(wanted), self.spare.filter(wanted)]
        return pl.concat([part.select(list(ROWS)) for part in parts])

    @cached_property
    def _by_person(self) -> _Where:
        return _Where(self.base["subject"].to_numpy(), None)

    @cached_property
    def _by_version(self) -> _Where:
        return _Where.of(self.base[VERSION])

    @cached_property
    def _by_link_id(self) -> _Where:
        return _Where.of(self.base["link_id"])


def _as_the_engine_has_them(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(pl.exclude(VERSION, "link_kind"), pl.col("link_kind").cast(pl.String)).select(
        [name for name in INDEXED if name != VERSION]
    )
