"""Register topics into registers in force, and whose rows changed since they were asked for last."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import msgspec
import polars as pl
import structlog
from kafka.errors import KafkaError

from services.core.clock import Clock
from services.core.errors import DoelbindingError
from services.core.kafka_settings import KafkaSettings
from services.core.keyring import KeyRing
from services.detector.decode import DEAD
from services.detector.following import Reading
from services.detector.further import report_margins
from services.detector.metrics import DetectorMetrics
from services.detector.pipeline import Pipeline
from services.detector.register_changes import Keys, differing, everybody, nobody
from services.detector.register_topics.held import LINKS, Held
from services.detector.register_topics.reader import RegisterReader, RegistersLostError, open_reader
from services.detector.register_topics.snapshot import Snapshot, Snapshots
from services.detector.registers import derived_links, registers_of

LOG = structlog.get_logger()
POLL_SECONDS = 0.5
TROUBLE_SECONDS = 1.0
TELL_SECONDS = 10.0
EMPTY_SECONDS = 5.0
SNAPSHOT_SECONDS = 300.0
NEVER = math.inf
FOLDER = "registers"

Positions = Mapping[str, int]


@dataclass(frozen=True)
class RegisterTopics:
    """Where registers come from, how long lookups wait for them, and the folder of their snapshot."""

    settings: KafkaSettings
    home: Path
    prefix: str
    wait_seconds: float

    @contextmanager
    def opened(
        self,
        known: str | None,
        bury: Callable[[pl.DataFrame], None],
        pipeline: Pipeline,
        sources: tuple[str, ...],
        ring: KeyRing,
        metrics: DetectorMetrics,
        clock: Clock,
        stop: Event,
    ) -> Iterator[TopicRegisters | None]:
        """The registers, read to the end of their topics; None if `stop` is set before they are.

        `known` names the registers that the last stored step saw; `bury` stores rows that cannot be read (DEAD).
        """
        reader = open_reader(self.settings, self.prefix, ring, stop)
        if reader is None:
            yield None
            return
        snapshots = Snapshots(self.home / FOLDER, ring, self.prefix, clock)
        following = TopicRegisters(reader, bury, snapshots, pipeline, sources, metrics, self.wait_seconds, stop)
        with closing(reader):
            try:
                if following.begin(known):
                    yield following
                    following.end()
                else:
                    yield None
            except RegistersLostError:
                snapshots.discard()
                raise


class TopicRegisters:
    """The registers as the topics tell them; `begin` comes first. Not for several threads."""

    def __init__(
        self,
        reader: RegisterReader,
        bury: Callable[[pl.DataFrame], None],
        snapshots: Snapshots,
        pipeline: Pipeline,
        sources: tuple[str, ...],
        metrics: DetectorMetrics,
        wait_seconds: float,
        stop: Event,
    ) -> None:
        self._reader = reader
        self._bury = bury
        self._snapshots = snapshots
        self._held = Held(pipeline.encoder)
        self._margins = report_margins(pipeline.settings, pipeline.calendar)
        self._sources = sources
        self._metrics = metrics
        self._wait_seconds = wait_seconds
        self._stop = stop
        self._registers = registers_of(self._held.rows(), self._held.links, sources, self._margins)
        self._subjects = [nobody()[1]]
        self._moved: set[str] = set()
        self._changed = nobody()
        self._left = 0
        self._in_vain = True
        self._signature = ""
        self._current = time.monotonic()
        self._next_store = NEVER

    def begin(self, known: str | None) -> bool:
        """Reads all that the topics hold, from the snapshot on; whether that was done before `stop` was set.

        What lies between what `known` names and the present counts as changed; where that cannot be told apart any
        more, everything does.
        """
        start = self._started()
        if start is None or not self._complete():
            return False
        seen = self._seen(known)
        nothing_new = known is None or seen == self._reader.positions()
        since_snapshot = self._put_in_force()
        if nothing_new:
            self._changed = nobody()
        elif start and seen is not None and all(seen.get(name, 0) >= at for name, at in start.items()):
            self._changed = since_snapshot
        else:
            self._changed = everybody(self._registers)
        self._in_vain, self._signature = not nothing_new, known or ""
        LOG.info("registers-read", from_snapshot=bool(start), case_links=self._held.links.height)
        return True

    def read(self) -> Reading:
        """The registers, once all is read that the topics hold now, or the wait for it has been long enough."""
        self._keep_snapshot()
        if not self._caught_up(self._wait_seconds) and not self._stop.is_set():
            self._metrics.registers_waited_out.inc()
            LOG.error("registers-behind", waited_seconds=self._wait_seconds, instead="decided with those read so far")
        return self._reading()

    def glance(self) -> Reading:
        """The registers with whatever came since, once that is all; until then those read last.

        Nothing waits to be decided with them, and what came first of a load is not to be judged by without the rest.
        """
        self._keep_snapshot()
        return self._reading() if self._caught_up(0.0) else self._read_last()

    def store(self) -> None:
        """Writes the snapshot, from which the next start reads on."""
        self._next_store = time.monotonic() + SNAPSHOT_SECONDS
        self._snapshots.store(Snapshot(self._held.frames(), self._reader.positions(), self._reader.topic_ids))

    def end(self) -> None:
        """Writes the snapshot, unless nothing was decided any more with what was read last."""
        if not self._in_vain:
            self.store()

    def _keep_snapshot(self) -> None:
        """Now and then. What was handed out is in a stored step by now, so that the snapshot is not ahead of it."""
        if time.monotonic() >= self._next_store and not self._left and not self._in_vain:
            self.store()

    def _started(self) -> Positions | None:
        """From which offsets reading begins (none: from the beginning); None if `stop` was set first."""
        snapshot = self._snapshots.load()
        while not self._stop.is_set():
            try:
                return self._begun(snapshot)
            except KafkaError as error:
                LOG.warning("registers-unavailable", reason=type(error).__name__)
                self._stop.wait(TROUBLE_SECONDS)
        return None

    def _begun(self, snapshot: Snapshot | None) -> Positions:
        """Raises KafkaError if the brokers do not answer."""
        if not self._reader.begin(*(snapshot.positions, snapshot.topic_ids) if snapshot else ({}, {})):
            LOG.warning("register-snapshot-not-used", reason="the topics were made anew", instead="they are read whole")
            return {}
        if snapshot is None:
            return {}
        try:
            self._held.restore(snapshot.frames)
        except DoelbindingError as error:
            LOG.warning("register-snapshot-not-used", reason=str(error), instead="the topics are read whole")
            self._reader.begin({}, {})
            return {}
        self._registers = registers_of(self._held.rows(), self._held.links, self._sources, self._margins)
        return snapshot.positions

    def _complete(self) -> bool:
        """Waits until all is read, and is something to judge by: else everybody would stand accused."""
        while not self._stop.is_set():
            if not self._caught_up(TELL_SECONDS):
                LOG.info("registers-being-read", records_left=self._left)
                continue
            self._settle()
            if self._held.usable:
                return True
            LOG.warning("registers-empty", instead="lookups wait until there are employees and case links")
            self._stop.wait(EMPTY_SECONDS)
        return False

    def _caught_up(self, seconds: float) -> bool:
        """Reads up to where the topics end at this moment; whether that was done within the time."""
        began, ends, tries = time.monotonic(), None, 0
        while not self._stop.is_set():
            try:
                ends = ends or self._reader.ends()
                self._show(self._reader.left(ends))
                if not self._left:
                    return True
                if tries and time.monotonic() - began >= seconds:
                    return False
                for news in self._reader.news(POLL_SECONDS):
                    if news.dead.height:
                        self._bury(news.dead)  # at once: their bytes would pile up, and no position may pass them by
                    self._held.take(news)
            except KafkaError as error:
                LOG.warning("registers-unavailable", reason=type(error).__name__)
                self._stop.wait(min(seconds, TROUBLE_SECONDS))
                if time.monotonic() - began >= seconds:
                    return False
            tries += 1
        return False

    def _show(self, left: int) -> None:
        now = time.monotonic()
        self._left = left
        if not left:
            self._current = now
        self._metrics.show_registers(left, now - self._current)

    def _seen(self, known: str | None) -> Positions | None:
        """The positions that a name tells; None if the registers were not these."""
        try:
            name = msgspec.json.decode(known or "", type=_Name)
        except msgspec.MsgspecError:
            return None
        return name.topics if self._reader.is_of(name.ids) else None

    def _settle(self) -> None:
        changed = self._held.settle()
        self._moved |= changed.registers
        self._subjects.append(changed.subjects)

    def _put_in_force(self) -> Keys:
        """Registers of what is settled; whose rows that changed."""
        before, rows = self._registers, self._held.rows()
        if self._moved == {LINKS}:
            derived = derived_links(rows, self._held.links, self._margins)
            self._registers = replace(before, links=self._held.links, derived=derived)
        elif self._moved:
            self._registers = registers_of(rows, self._held.links, self._sources, self._margins)
        keys = differing(before, self._registers, pl.concat(self._subjects)) if self._moved else nobody()
        self._moved, self._subjects = set(), [nobody()[1]]
        return keys

    def _read_last(self) -> Reading:
        """What was handed out last. What came since is not in force: a snapshot at this moment would leave it out."""
        self._in_vain = True
        return Reading(self._registers, pl.DataFrame(schema=DEAD), *nobody(), self._signature)

    def _reading(self) -> Reading:
        self._settle()
        parts = zip(self._changed, self._put_in_force(), strict=True)
        employees, subjects = (pl.concat(both).unique() for both in parts)
        self._changed = nobody()
        self._in_vain = self._stop.is_set()
        if self._next_store == NEVER:
            self._next_store = time.monotonic()
        self._signature = _named(self._reader.positions(), self._reader.topic_ids)
        return Reading(self._registers, pl.DataFrame(schema=DEAD), employees, subjects, self._signature)


class _Name(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a stored step says of the registers that it saw: the positions, and the ids of the topics."""

    topics: dict[str, int]
    ids: dict[str, str] = {}


def _named(positions: Positions, ids: Mapping[str, str]) -> str:
    return msgspec.json.encode(_Name(dict(positions), dict(ids)), order="sorted").decode()
