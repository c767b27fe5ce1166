"""What every source hands to the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from services.detector.decode import Place, by_number


@dataclass(frozen=True)
class SourceSlice:
    """Some lookups of one partition, and where to read on once they are stored.

    `lookups` has the columns of LOOKUP, `dead` those of decode.DEAD. `positions` holds what changed: the file name
    and the position to read next (Parquet: rows; plain NDJSON: bytes; compressed NDJSON: lines). `closed` is true on
    the last slice of an input that has ended, `behind` where the partition is known to hold more than was read of it.
    `again` names the dead letters of the store that the slice was made of. `received` has for each lookup the moment
    at which the broker received it; null, or no series, where nobody tells. `place` tells where the lookup of a row
    stood in the partition: no two of it stood at one place.
    """

    partition: str
    lookups: pl.DataFrame
    dead: pl.DataFrame
    positions: Mapping[str, int]
    closed: bool
    behind: bool = False
    again: Sequence[int] = ()
    received: pl.Series | None = None
    place: Place = by_number
