"""The streaming detector: slices from the source through the engine into the store, signals on to the intake."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import polars as pl
import structlog

from services.core.clock import Clock
from services.core.errors import DoelbindingError
from services.core.keyring import KeyRing, open_key_ring
from services.core.tokens import open_tokens
from services.detector.deadletters import seal_frame
from services.detector.deliver import Deliverer
from services.detector.faults.rejected import rejected_by_system
from services.detector.faults.report import show_faults
from services.detector.following import FollowedRegisters, Reading
from services.detector.metrics import DetectorMetrics, serve_metrics
from services.detector.pipeline import Findings, Pipeline, Slice
from services.detector.rescore import conflict_letters
from services.detector.settings import AgencySettings
from services.detector.showing import show_findings
from services.detector.sources.files import FilesSource
from services.detector.sources.future import without_future
from services.detector.sources.slices import SourceSlice
from services.detector.state.connection import StoreUnavailable, sqlite_url
from services.detector.state.migrate import migrate
from services.detector.state.store import Commit, Store
from services.detector.state.tables import State

LOG = structlog.get_logger()
FUTURE = timedelta(minutes=5)
"""A lookup this far ahead of the moment at which it was read is a fault of its source."""
CALL_SECONDS = 30.0
DRAIN_SECONDS = 120.0
DRAIN_SECONDS_WHEN_STOPPED = 10.0
"""Supervisors commonly kill what has not ended half a minute after they asked."""
LONGEST_PAUSE_SECONDS = 30.0


@dataclass(frozen=True)
class DetectOptions:
    """Where the detector reads, keeps and delivers."""

    dataset: Path
    api: str
    home: Path
    follow: bool = False
    rows_per_slice: int = 20_000
    metrics_port: int = 0
    poll_seconds: float = 1.0


def detect(
    options: DetectOptions, settings: AgencySettings, clock: Clock, metrics: DetectorMetrics | None = None
) -> dict[str, int]:
    """Runs until the input ends, or with `follow` until SIGTERM or SIGINT; returns what was counted.

    Raises DoelbindingError if signals could not be delivered in time (they stay in the outbox for the next start), or
    if it was told to stop before the end of an input that is not followed.
    """
    sources = settings.sources_for_monitoring()
    ring = open_key_ring(options.home / "keyring.json")
    token = open_tokens(options.home / "tokens.json")["detector"]
    url = sqlite_url(options.home / "detector.sqlite")
    migrate(url)
    metrics = metrics or DetectorMetrics()
    with (
        closing(Store(url, clock)) as store,
        httpx.Client(base_url=options.api, timeout=CALL_SECONDS) as client,
        _delivering(Deliverer(store, client, token, clock, metrics=metrics)) as deliverer,
        metrics_page(metrics, options.metrics_port),
    ):
        watch = Watch(options, settings, ring, store, sources, metrics, clock)
        with _until_told_to_stop(watch.stop):
            counted = watch.run(deliverer)
        if watch.stop.is_set() and not options.follow:
            raise DoelbindingError("stopped before the end of the lookups; the next start goes on from there")
        if not deliverer.drain(DRAIN_SECONDS_WHEN_STOPPED if options.follow else DRAIN_SECONDS):
            raise DoelbindingError(
                f"{store.outbox.backlog().pending} signals could not be delivered to {options.api} "
                f"({deliverer.problem or 'no answer yet'}); they are kept and go out at the next start"
            )
    return counted


class Watch:
    """One detector over one store."""

    def __init__(
        self,
        options: DetectOptions,
        settings: AgencySettings,
        ring: KeyRing,
        store: Store,
        sources: tuple[str, ...],
        metrics: DetectorMetrics,
        clock: Clock,
    ) -> None:
        self._options = options
        self._ring = ring
        self._store = store
        self._sources = sources
        self._metrics = metrics
        self._clock = clock
        self._pipeline = Pipeline(settings, ring)
        self.stop = threading.Event()

    def run(self, deliverer: Deliverer) -> dict[str, int]:
        """Claims the store, goes on where the last commit ended, and reads until the input ends or `stop` is set."""
        self._store.claim()
        snapshot = self._store.load()
        state = State.restore(snapshot.tables, self._archive)
        registers = FollowedRegisters(
            self._options.dataset, self._pipeline, self._sources, snapshot.meta.get("registers")
        )
        counted = Counter[str](slices=0, lookups=0, duplicates=0, late=0, revisions=0)
        for piece in self._source(snapshot.positions).slices():
            state, found = self._take(state, piece, registers.read())
            deliverer.wake()
            counted.update(found)
        return dict(counted)

    def _source(self, positions: dict[str, int]) -> FilesSource:
        options = self._options
        return FilesSource(
            options.dataset, positions, options.rows_per_slice, options.follow, options.poll_seconds, self.stop
        )

    def _archive(self, employees: pl.Series, subjects: pl.Series) -> pl.DataFrame:
        return self._store.archive(employees.to_list(), subjects.to_list())

    def _take(self, state: State, piece: SourceSlice, reading: Reading) -> tuple[State, dict[str, int]]:
        """One slice through the engine and into the store."""
        now = self._clock.now()
        lookups, future = without_future(piece.lookups, now + FUTURE)
        encoded = Slice(
            self._pipeline.encoder.lookups(lookups),
            piece.partition,
            piece.closed,
            changed_employees=reading.changed_employees,
            changed_subjects=reading.changed_subjects,
            rejected=rejected_by_system(pl.concat([piece.dead, future]), now, self._pipeline.calendar),
        )
        before = state
        state, found = self._pipeline.step(state, encoded, reading.registers)
        state, revisions = self._pipeline.tell(before, state, found)
        dead = pl.concat([piece.dead, future, conflict_letters(found.conflicts), reading.dead])
        self._store_patiently(
            Commit(
                tables=state.tables(),
                positions=piece.positions,
                revisions=revisions,
                dead=seal_frame(dead, self._ring),
                partition=piece.partition,
                lookups=found.archived,
                meta={"registers": reading.signature},
            )
        )
        show_findings(self._metrics, state, found, revisions, dead, self._store.sizes())
        show_faults(self._metrics, before, state, encoded.rejected, self._pipeline.settings.faults.window_days)
        return state, _counts(found, revisions)

    def _store_patiently(self, commit: Commit) -> None:
        """Commits, and while the database is away or full waits and tries the same commit again."""
        pause = 0.5
        while True:
            began = time.monotonic()
            try:
                self._store.commit(commit)
            except StoreUnavailable as error:
                LOG.warning("store-unavailable", reason=str(error), next_try_in_seconds=pause)
                if self.stop.wait(pause):
                    raise
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            else:
                self._metrics.show_commit(time.monotonic() - began, self._clock.now())
                return


def _counts(found: Findings, revisions: pl.DataFrame) -> dict[str, int]:
    return {
        "slices": 1,
        "lookups": found.archived.height,
        "duplicates": found.duplicates,
        "late": found.late,
        "revisions": revisions.height,
    }


@contextmanager
def _delivering(deliverer: Deliverer) -> Iterator[Deliverer]:
    deliverer.start()
    try:
        yield deliverer
    finally:
        deliverer.stop()
        deliverer.join(CALL_SECONDS)


@contextmanager
def metrics_page(metrics: DetectorMetrics, port: int) -> Iterator[None]:
    """Serves /metrics while the detector runs; port 0 means no page."""
    if not port:
        yield
        return
    with closing(serve_metrics(metrics, port)):
        yield


@contextmanager
def _until_told_to_stop(stop: threading.Event) -> Iterator[None]:
    """SIGTERM and SIGINT end the run after the slice in hand; elsewhere than in the main thread nothing is caught."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
