"""Arrivals of all detectors through the engine, by the one detector that owns it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Event

import polars as pl
import structlog

from services.core.clock import Clock
from services.core.cloud_events import MOST_EVENTS
from services.core.keyring import KeyRing
from services.detector.again import LettersAgain
from services.detector.deciding import Decider
from services.detector.decode import DEAD
from services.detector.deliver import DRAIN_SECONDS_WHEN_STOPPED, Deliverer
from services.detector.following import FollowedRegisters, Reading
from services.detector.gathering import Gathering, many
from services.detector.keeping import Keeper
from services.detector.lease import Lease
from services.detector.metrics import DetectorMetrics
from services.detector.patience import Patience
from services.detector.pipeline import Pipeline
from services.detector.reading import Read, Reader
from services.detector.register_topics.following import TopicRegisters
from services.detector.sources.slices import SourceSlice
from services.detector.state.arrivals import Arrived
from services.detector.state.fences import Fenced
from services.detector.state.store import Snapshot, Store
from services.detector.state.tables import State
from services.detector.turns import Turns
from services.detector.vital_metrics import DECIDING
from services.detector.vitals import Vitals

IDLE_SECONDS = 0.1
"""How often the engine looks for arrivals of other detectors; its own reader wakes it."""

LOG = structlog.get_logger()


Followed = FollowedRegisters | TopicRegisters
Bury = Callable[[pl.DataFrame], None]
OpenRegisters = Callable[[str | None, Bury], AbstractContextManager[Followed | None]]


@dataclass
class Owner:
    """Decides on arrivals for as long as this detector owns the engine of the store.

    `news` wakes it, `ended` tells that all of an input that ends has arrived, `stop` ends the work after the step in
    hand. `registers` opens the registers, given which ones the last step saw and what stores rows that cannot be read
    (DEAD), or nothing if `stop` was set first.
    """

    store: Store
    lease: Lease
    reader: Reader
    """Reads dead letters that are given to the detector again."""
    pipeline: Pipeline
    ring: KeyRing
    registers: OpenRegisters
    deliverer: Callable[[], AbstractContextManager[Deliverer]]
    metrics: DetectorMetrics
    clock: Clock
    topic: str
    """Which the detectors read: the engine waits for its partitions."""
    rows_per_step: int
    patience_seconds: float
    """How long signals may still be on their way after the end."""
    news: Event
    ended: Event
    stop: Event
    events_per_record: int = MOST_EVENTS
    """Of a record that is read again."""
    turns: Turns = field(default_factory=Turns)
    """Of this detector's own reader."""
    counted: Counter[str] = field(
        default_factory=lambda: Counter(slices=0, lookups=0, duplicates=0, late=0, revisions=0)
    )

    def __post_init__(self) -> None:
        self._patience = Patience(self.stop)
        self._keeper = Keeper(self.store, self._patience, self.metrics, self.clock)
        self._vitals = Vitals(self.metrics, self.clock, self.pipeline.calendar)
        self._gathering = Gathering(
            self.store, self._patience, self.news, self.ended, self.stop, self.rows_per_step, self.topic
        )

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
                self.metrics.fenced_commits.labels(stage=DECIDING).inc()
                self._vitals.resigned()
            else:
                return

    def _own(self) -> None:
        """Decides as the owner. Raises Fenced when another one has taken over."""
        self._vitals.owns()
        snapshot = self._patience.later(self.store.load)
        decider = Decider(self.pipeline, self.metrics, State.restore(snapshot.tables, self._keeper.archive))
        LOG.info("engine-owned", epoch=snapshot.epoch)
        self.metrics.engine_epoch.set(snapshot.epoch)
        known, bury = snapshot.meta.get("registers"), partial(self._keeper.bury, ring=self.ring)
        with self.deliverer() as deliverer, self.registers(known, bury) as registers:
            if registers is not None:
                self._rounds(decider, registers, deliverer, snapshot)
            deliverer.rest(DRAIN_SECONDS_WHEN_STOPPED if self.stop.is_set() else self.patience_seconds)

    def _rounds(self, decider: Decider, registers: Followed, deliverer: Deliverer, snapshot: Snapshot) -> None:
        """A step for whatever is new, until told to stop, or until the last one of an input that has ended."""
        letters = LettersAgain(self.store, self.ring, self._patience, self.events_per_record)
        taken, seen = snapshot.taken, snapshot.meta.get("registers")
        was_behind: frozenset[str] | None = None
        arrived: Sequence[Arrived] = ()
        while not self.stop.is_set():
            self.turns.await_round()
            if self.turns.much or many(arrived):
                self._gathering.gather()
            self.news.clear()  # before the arrivals are read, so that none slips through between
            ended = self.ended.is_set()
            again = letters.next()  # no more than a slice, so that many letters do not keep what arrives waiting
            if again is not None:
                reading = registers.read()
                if self.stop.is_set():
                    return
                self._take_again(again, decider, reading, self._behind(taken))
                seen = reading.signature
            arrived = self._patience.later(lambda: self.store.arrivals(self.rows_per_step, self.ring))
            self._vitals.looked(arrived)
            just_taken = {one.partition: one.number for one in arrived}
            behind = self._behind(taken | just_taken)
            last = ended and not arrived and again is None
            read_up = was_behind is None or bool(was_behind - behind)  # only then may the watermark move by itself
            decides = bool(arrived) or read_up or last
            reading = registers.read() if decides else registers.glance()
            self._vitals.registers(reading)
            if self.stop.is_set():  # while it waited for registers: they may not be complete
                return
            if decides or reading.signature != seen:
                step = decider.step([_read(one) for one in arrived], reading, closed=last, behind=behind)
                self.turns.want()
                self._keeper.keep(decider, step, replace(step.commit(self.ring), taken=just_taken))
                self.counted.update(step.counts())
                taken, seen, was_behind = taken | just_taken, reading.signature, behind
                deliverer.wake()
            if last:
                self._vitals.ended()
                return
            if not arrived and again is None:
                self.turns.want()
                self.news.wait(IDLE_SECONDS)

    def _take_again(self, piece: SourceSlice, decider: Decider, reading: Reading, behind: frozenset[str]) -> None:
        """A step over dead letters that were marked."""
        read = self.reader.read(piece)
        step = decider.step([read], reading, closed=False, behind=behind)
        commit = step.commit(self.ring, piece.partition)
        self._keeper.keep(decider, step, replace(commit, again=piece.again, identities=read.identities))
        self.reader.stored(read)
        self.counted.update(step.counts())

    def _behind(self, taken: Mapping[str, int]) -> frozenset[str]:
        return self._patience.later(lambda: self.store.behind(taken, self.topic))


def _read(one: Arrived) -> Read:
    """Dead letters were stored when it arrived."""
    return Read(one.partition, one.lookups, one.numbers, one.rejected, pl.DataFrame(schema=DEAD), one.closed)
