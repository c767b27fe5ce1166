"""Steps of the engine into the store, for as long as that takes, and earlier lookups back out of it."""

from __future__ import annotations

import time
from dataclasses import dataclass

import polars as pl
import structlog

from services.core.archive import Wanted
from services.core.clock import Clock
from services.detector.deciding import Decider, Step
from services.detector.metrics import DetectorMetrics
from services.detector.misread import misread
from services.detector.patience import Patience
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
        self.patience.later(lambda: self._commit(commit))
        for found_wrong in misread(step.dead):
            LOG.warning("records-not-read", **found_wrong._asdict())
        decider.accept(step, self.patience.later(self.store.sizes))

    def _commit(self, commit: Commit) -> None:
        began = time.monotonic()
        self.store.commit(commit)
        self.metrics.show_commit(time.monotonic() - began, self.clock.now())
