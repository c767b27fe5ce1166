"""What came, and what the archive holds, into looks of work and reads of signals, which touch each other nowhere."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from services.core.archive import Wanted
from services.core.reading import SYSTEM
from services.detector.admit import Admitted
from services.detector.state.tables import Archive

OF_READS = pl.col("system") == SYSTEM


def work_of(lookups: pl.DataFrame) -> pl.DataFrame:
    """The lookups (any columns with `system`) that are no reads of signals; the very same frame where none is."""
    return lookups.filter(~OF_READS) if (lookups["system"] == SYSTEM).any() else lookups


def admitted_apart(admitted: Admitted) -> tuple[Admitted, Admitted]:
    """What was admitted of work and of reads; both tell of all duplicates and conflicts."""
    lookups, replaced = admitted.lookups, admitted.replaced
    if not ((lookups["system"] == SYSTEM).any() or (replaced["system"] == SYSTEM).any()):
        return admitted, replace(admitted, lookups=lookups.clear(), replaced=replaced.clear())
    work = replace(admitted, lookups=work_of(lookups), replaced=work_of(replaced))
    return work, replace(admitted, lookups=lookups.filter(OF_READS), replaced=replaced.filter(OF_READS))


def archive_of_work(archive: Archive) -> Archive:
    """The archive without reads of signals."""

    def of_work(wanted: Wanted) -> pl.DataFrame:
        return work_of(archive(wanted))

    return of_work
