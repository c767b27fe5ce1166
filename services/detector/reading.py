"""Lookups as a source gives them into what the engine takes: encoded, with what cannot be judged set apart."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from services.core.clock import Clock
from services.detector.decode.versions import without_other_versions
from services.detector.faults.rejected import rejected_by_system
from services.detector.pipeline import Pipeline
from services.detector.sealing import Sealed, Sealer
from services.detector.sources.future import without_future
from services.detector.sources.slices import SourceSlice


@dataclass(frozen=True)
class Read:
    """What was read of one partition, ready for the engine.

    `lookups` has the columns of encode.LOOKUPS, `numbers` those of encode.NUMBERS, `rejected` those of
    faults.rejected.REJECTED, `dead` those of decode.DEAD. `closed` is true on the last one of an input that has ended.
    """

    partition: str
    lookups: pl.DataFrame
    numbers: pl.DataFrame
    rejected: pl.DataFrame
    dead: pl.DataFrame
    closed: bool
    identities: Sealed = field(default_factory=Sealed)
    """Whom the lookups name, where the store may not have them yet."""


class Reader:
    """Reads for one engine: under its key ring and its calendar."""

    def __init__(self, pipeline: Pipeline, clock: Clock, sealer: Sealer) -> None:
        self._pipeline = pipeline
        self._sealer = sealer
        self._clock = clock

    def read(self, piece: SourceSlice) -> Read:
        """The slice of a source for the engine.

        Only here the time of day counts: it tells what is from the future, where no broker tells when it came.
        """
        now = self._clock.now()
        ours, kept, foreign = without_other_versions(piece.lookups, self._pipeline.pseudonyms.prefix, piece.place)
        received = None if piece.received is None else piece.received.filter(kept)
        rows = kept.arg_true()
        lookups, future = without_future(ours, now, lambda row: piece.place(rows[row]), received)
        encoded = self._pipeline.encoder.encoded(lookups)
        dead = pl.concat([piece.dead, foreign, future])
        counted = dead.clear() if piece.again else dead  # a letter that fails again was counted when it was read
        rejected = rejected_by_system(counted, now, self._pipeline.calendar)
        sealed = self._sealer.seal(encoded.identities)
        return Read(piece.partition, encoded.lookups, encoded.numbers, rejected, dead, piece.closed, sealed)

    def stored(self, read: Read) -> None:
        """Takes note that what was read is safe."""
        self._sealer.stored(read.identities)
