"""Arrivals of all detectors through the engine, by the one detector that owns it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from threading import Event

import msgspec
import polars as pl
import structlog

from services.core.clock import Clock
from services.core.keyring import KeyRing
from services.detector.deciding import Decider
from services.detector.decode import DEAD
from services.detector.deliver import Deliverer
from services.detector.following import FollowedRegisters, Reading
from services.detector.lease import Lease
from services.detector.metrics import DetectorMetrics
from services.detector.patience import Patience
from services.detector.pipeline import Pipeline
from services.detector.reading import Read
from services.detector.state.arrivals import Arrived
from services.detector.state.fences import Fenced
from services.detector.state.store import Commit, Store
from services.detector.state.tables import State

CLOSED = "closed"
"""Key of the store's notes under which the partitions stand that have been read to the end of an input that ends."""
IDLE_SECONDS = 0.5
"""How often the engine looks for arrivals of other detectors; its own reader wakes it."""

LOG = structlog.get_logger()


class Owner:
    """Decides on arrivals for as long as this detector owns the engine of the store."""

    def __init__(
        self,
        store: Store,
        lease: Lease,
        pipeline: Pipeline,
        ring: KeyRing,
        registers: Callable[[str | None], FollowedRegisters],
        deliverer: Callable[[], AbstractContextManager[Deliverer]],
        metrics: DetectorMetrics,
        clock: Clock,
        rows: int,
        news: Event,
        stop: Event,
    ) -> None:
        self._store = store
        self._lease = lease
        self._pipeline = pipeline
        self._ring = ring
        self._registers = registers
        self._deliverer = deliverer
        self._metrics = metrics
        self._clock = clock
        self._rows = rows
        self._news = news
        self._stop = stop
        self._patience = Patience(stop)
        self.counted = Counter[str](slices=0, lookups=0, duplicates=0, late=0, revisions=0)

    def run(self, ends: frozenset[str] | None) -> None:
        """Owns or waits to own, until told to stop, or until all partitions of `ends` are closed and decided."""
        while not self._stop.is_set():
            if not self._patience.later(self._lease.taken):
                self._stop.wait(self._lease.pause)
                continue
            try:
                with self._lease.kept():
                    if self._own(ends):
                        return
            except Fenced:
                LOG.warning("engine-lost")

    def _own(self, ends: frozenset[str] | None) -> bool:
        """Decides as the owner; whether the input has ended."""
        snapshot = self._patience.later(self._store.load)
        closed = frozenset(msgspec.json.decode(snapshot.meta.get(CLOSED, "[]"), type=list[str]))
        decider = Decider(self._pipeline, self._metrics, State.restore(snapshot.tables, self._archive))
        registers = self._registers(snapshot.meta.get("registers"))
        LOG.info("engine-owned", epoch=snapshot.epoch)
        with self._deliverer() as deliverer:
            while closed != ends and not self._stop.is_set():
                self._news.clear()  # before the arrivals are read, so that none slips through between
                arrived = self._patience.later(lambda: self._store.arrivals(self._rows, self._ring))
                reading = registers.read()
                if not arrived and not reading.changed:
                    self._news.wait(IDLE_SECONDS)
                    continue
                closed |= {one.partition for one in arrived if one.closed}
                self._take(decider, arrived, reading, closed, last=closed == ends)
                deliverer.wake()
        return closed == ends

    def _take(
        self, decider: Decider, arrived: list[Arrived], reading: Reading, closed: frozenset[str], *, last: bool
    ) -> None:
        """One step of the engine over everything that arrived, in one transaction."""
        parts = [_read(one) for one in arrived]
        step = decider.step(parts, reading, closed=last)
        own = step.commit(self._ring)
        taken = {one.partition: one.number for one in arrived}
        notes = {**own.meta, CLOSED: msgspec.json.encode(sorted(closed)).decode()}
        self._patience.later(lambda: self._commit(replace(own, taken=taken, meta=notes)))
        decider.accept(step, self._patience.later(self._store.sizes))
        self.counted.update(step.counts())

    def _commit(self, commit: Commit) -> None:
        began = time.monotonic()
        self._store.commit(commit)
        self._metrics.show_commit(time.monotonic() - began, self._clock.now())

    def _archive(self, employees: pl.Series, subjects: pl.Series) -> pl.DataFrame:
        return self._patience.later(lambda: self._store.archive(employees.to_list(), subjects.to_list()))


def _read(one: Arrived) -> Read:
    """Dead letters were stored when it arrived."""
    return Read(one.partition, one.lookups, one.numbers, one.rejected, pl.DataFrame(schema=DEAD), one.closed)
