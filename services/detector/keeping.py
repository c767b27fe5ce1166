"""Steps of the engine into the store, for as long as that takes, and earlier lookups back out of it."""

from __future__ import annotations

import time
from dataclasses import dataclass

import polars as pl
import structlog

from services.core.archive import Wanted
from services.core.clock import Clock
from services.core.keyring import KeyRing
from services.detector.deadletters import seal_frame
from services.detector.deciding import Decider, Step
from services.detector.metrics import DetectorMetrics
from services.detector.misread import misread
from services.detector.patience import Patience
from services.detector.showing import show_dead
from services.detector.state.store import Commit, Store

LOG = structlog.get_logger()


@dataclass(frozen=True)
class Keeper:
    """The store as the engine uses it: it waits where the store is away."""

    store: Store
    patience: Patience
    metrics: DetectorMetrics
    clock: Clock

    def archive(self, wanted: Wanted) -> pl.DataFrame:
        """Earlier lookups (LOOKUPS) that are asked for."""
        return self.patience.later(lambda: self.store.archive(wanted))

    def keep(self, decider: Decider, step: Step, commit: Commit) -> None:
        """Stores a step in one transaction, and lets the decider go on from it."""
        new = self.patience.later(lambda: self._commit(commit))
        self._tell(step.dead, new)
        decider.accept(step, self.patience.later(self.store.sizes))

    def bury(self, dead: pl.DataFrame, ring: KeyRing) -> None:
        """Stores rows of registers that could not be read (DEAD) before a step is taken with the others."""
        sealed = seal_frame(dead, ring)
        self._tell(dead, self.patience.later(lambda: self.store.bury(sealed)))

    def _tell(self, dead: pl.DataFrame, new: pl.DataFrame) -> None:
        """Every letter is told in the log; those that an earlier reading of the registers stored count no more."""
        for found_wrong in misread(dead):
            LOG.warning("records-not-read", **found_wrong._asdict())
        show_dead(self.metrics, new)

    def _commit(self, commit: Commit) -> pl.DataFrame:
        began = time.monotonic()
        new = self.store.commit(commit)
        self.metrics.show_commit(time.monotonic() - began, self.clock.now())
        return new
