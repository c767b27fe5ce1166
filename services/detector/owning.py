"""Arrivals of all detectors through the engine, by the one detector that owns it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from threading import Event

import polars as pl
import structlog

from services.core.clock import Clock
from services.core.keyring import KeyRing
from services.detector.again import LettersAgain
from services.detector.deciding import Decider
from services.detector.decode import DEAD
from services.detector.deliver import DRAIN_SECONDS_WHEN_STOPPED, Deliverer
from services.detector.following import FollowedRegisters
from services.detector.keeping import Keeper
from services.detector.lease import Lease
from services.detector.metrics import DetectorMetrics
from services.detector.patience import Patience
from services.detector.pipeline import Pipeline
from services.detector.reading import Read, Reader
from services.detector.state.arrivals import Arrived
from services.detector.state.fences import Fenced
from services.detector.state.store import Store
from services.detector.state.tables import State

IDLE_SECONDS = 0.1
"""How often the engine looks for arrivals of other detectors; its own reader wakes it."""

MANY_ROWS = 10_000
GATHER_SECONDS = 5.0
"""How long a step waits for more, where the last one took many lookups, not half of what it could have, and more is to
come: the detectors are catching up, and a step costs half as much per lookup when it is full."""

LOG = structlog.get_logger()


@dataclass
class Owner:
    """Decides on arrivals for as long as this detector owns the engine of the store.

    `news` wakes it, `ended` tells that all of an input that ends has arrived, `stop` ends the work after the step in
    hand. `registers` opens the registers, given which ones the last step saw.
    """

    store: Store
    lease: Lease
    reader: Reader
    """Reads dead letters that are given to the detector again."""
    pipeline: Pipeline
    ring: KeyRing
    registers: Callable[[str | None], FollowedRegisters]
    deliverer: Callable[[], AbstractContextManager[Deliverer]]
    metrics: DetectorMetrics
    clock: Clock
    rows_per_step: int
    patience_seconds: float
    """How long signals may still be on their way after the end."""
    news: Event
    ended: Event
    stop: Event
    counted: Counter[str] = field(
        default_factory=lambda: Counter(slices=0, lookups=0, duplicates=0, late=0, revisions=0)
    )

    def __post_init__(self) -> None:
        self._patience = Patience(self.stop)
        self._keeper = Keeper(self.store, self._patience, self.metrics, self.clock)

    def run(self) -> None:
        """Owns or waits to own, until told to stop, or until all is decided of an input that has ended."""
        while not self.stop.is_set():
            if not self._patience.later(self.lease.taken):
                self.stop.wait(self.lease.pause)
                continue
            try:
                with self.lease.kept():
                    self._own()
            except Fenced:
                LOG.warning("engine-lost")
            else:
                return

    def _own(self) -> None:
        """Decides as the owner. Raises Fenced when another one has taken over."""
        snapshot = self._patience.later(self.store.load)
        decider = Decider(self.pipeline, self.metrics, State.restore(snapshot.tables, self._keeper.archive))
        registers = self.registers(snapshot.meta.get("registers"))
        LOG.info("engine-owned", epoch=snapshot.epoch)
        with self.deliverer() as deliverer:
            self._rounds(decider, registers, deliverer, snapshot.taken)
            deliverer.rest(DRAIN_SECONDS_WHEN_STOPPED if self.stop.is_set() else self.patience_seconds)

    def _rounds(
        self, decider: Decider, registers: FollowedRegisters, deliverer: Deliverer, taken: dict[str, int]
    ) -> None:
        """A step for whatever is new, until told to stop, or until the last one of an input that has ended."""
        letters = LettersAgain(self.store, self.ring, self._patience)
        was_behind: frozenset[str] | None = None
        while not self.stop.is_set():
            self.news.clear()  # before the arrivals are read, so that none slips through between
            ended = self.ended.is_set()
            for piece in letters.slices():
                behind = self._patience.later(lambda: self.store.behind(taken))
                step = decider.step([self.reader.read(piece)], registers.read(), closed=False, behind=behind)
                self._keeper.keep(decider, step, replace(step.commit(self.ring, piece.partition), again=piece.again))
                self.counted.update(step.counts())
            arrived = self._patience.later(lambda: self.store.arrivals(self.rows_per_step, self.ring))
            taken.update({one.partition: one.number for one in arrived})
            behind = self._patience.later(lambda: self.store.behind(taken))
            reading = registers.read()
            last = ended and not arrived
            if arrived or reading.changed or behind != was_behind or last:
                step = decider.step([_read(one) for one in arrived], reading, closed=last, behind=behind)
                just_taken = {one.partition: taken[one.partition] for one in arrived}
                self._keeper.keep(decider, step, replace(step.commit(self.ring), taken=just_taken))
                self.counted.update(step.counts())
                was_behind = behind
                deliverer.wake()
            if last:
                return
            if not arrived:
                self.news.wait(IDLE_SECONDS)
            elif behind and MANY_ROWS <= sum(one.lookups.height for one in arrived) < self.rows_per_step // 2:
                self._gather()

    def _gather(self) -> None:
        """Waits until half of a full step has arrived, or for as long as that may take."""
        until = time.monotonic() + GATHER_SECONDS
        while time.monotonic() < until and not (self.stop.is_set() or self.ended.is_set()):
            if self._patience.later(self.store.waiting) >= self.rows_per_step // 2:
                return
            self.stop.wait(IDLE_SECONDS)


def _read(one: Arrived) -> Read:
    """Dead letters were stored when it arrived."""
    return Read(one.partition, one.lookups, one.numbers, one.rejected, pl.DataFrame(schema=DEAD), one.closed)
