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
from sqlalchemy.engine import URL

from services.core.clock import Clock
from services.core.errors import DoelbindingError
from services.core.keyring import KeyRing, open_key_ring
from services.core.tokens import open_tokens
from services.detector.again import LettersAgain
from services.detector.deadletters import seal_frame
from services.detector.deliver import Deliverer
from services.detector.faults.rejected import rejected_by_system
from services.detector.faults.report import show_faults
from services.detector.following import FollowedRegisters, Reading
from services.detector.forest.report import show_shadow
from services.detector.inactive import inactive_rules
from services.detector.metrics import DetectorMetrics, serve_metrics
from services.detector.misread import misread
from services.detector.patience import Patience
from services.detector.pipeline import Findings, Pipeline, Slice
from services.detector.rescore import conflict_letters
from services.detector.settings import AgencySettings
from services.detector.showing import show_findings
from services.detector.sources.datafiles import LOOKUPS, passed_over_in_words
from services.detector.sources.files import FilesSource
from services.detector.sources.future import without_future
from services.detector.sources.registers import registers_present
from services.detector.sources.slices import SourceSlice
from services.detector.state.connection import sqlite_url
from services.detector.state.migrate import migrate
from services.detector.state.store import Commit, Store
from services.detector.state.tables import State

LOG = structlog.get_logger()
FUTURE = timedelta(minutes=5)
"""A lookup this far ahead of the moment at which it was read is a fault of its source."""
CALL_SECONDS = 30.0
DRAIN_SECONDS_WHEN_STOPPED = 10.0
"""Supervisors commonly kill what has not ended half a minute after they asked."""
PATIENCE_SECONDS = 120.0


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
    patience_seconds: float = PATIENCE_SECONDS
    """How long signals may still be on their way after the end of an input that is not followed."""


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
    metrics, stop = metrics or DetectorMetrics(), threading.Event()
    with (
        metrics_page(metrics, options.metrics_port),
        closing(_opened(url, clock, stop)) as store,
        httpx.Client(base_url=options.api, timeout=CALL_SECONDS) as client,
        _delivering(Deliverer(store, client, token, clock, metrics=metrics)) as deliverer,
    ):
        watch = Watch(options, settings, ring, store, sources, metrics, clock, stop)
        with _until_told_to_stop(stop):
            counted = watch.run(deliverer)
        if stop.is_set() and not options.follow:
            raise DoelbindingError("stopped before the end of the lookups; the next start goes on from there")
        if not deliverer.drain(DRAIN_SECONDS_WHEN_STOPPED if options.follow else options.patience_seconds):
            raise DoelbindingError(
                f"{store.outbox.backlog().pending} signals could not be delivered to {options.api} "
                f"({deliverer.problem or 'no answer yet'}); they are kept and go out at the next start"
            )
    return counted


def _opened(url: URL, clock: Clock, stop: threading.Event) -> Store:
    """The store with its tables; waits where another process writes to it, or its disk is full."""
    with _until_told_to_stop(stop):
        Patience(stop).at_start(lambda: migrate(url))
    return Store(url, clock)


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
        stop: threading.Event,
    ) -> None:
        self._options = options
        self._ring = ring
        self._store = store
        self._sources = sources
        self._metrics = metrics
        self._clock = clock
        self._pipeline = Pipeline(settings, ring)
        self._stop = stop
        self._patience = Patience(stop)

    def run(self, deliverer: Deliverer) -> dict[str, int]:
        """Claims the store, goes on where the last commit ended, and reads until the input ends or `stop` is set."""
        self._patience.later(self._store.claim)
        snapshot = self._patience.later(self._store.load)
        state = State.restore(snapshot.tables, self._archive)
        registers = FollowedRegisters(
            self._options.dataset, self._pipeline, self._sources, snapshot.meta.get("registers")
        )
        self._tell_what_is_passed_over()
        self._tell_what_is_inactive()
        counted = Counter[str](slices=0, lookups=0, duplicates=0, late=0, revisions=0)
        for piece in self._source(snapshot.positions).slices():
            state, found = self._take(state, piece, registers.read())
            deliverer.wake()
            counted.update(found)
        return dict(counted)

    def _tell_what_is_passed_over(self) -> None:
        if (self._options.dataset / LOOKUPS).is_dir():
            for told in passed_over_in_words(self._options.dataset):
                LOG.warning("file-passed-over", reason=told)

    def _tell_what_is_inactive(self) -> None:
        if self._options.dataset.is_dir():
            why = inactive_rules(registers_present(self._options.dataset), self._pipeline.settings)
            for rule, reason in why.items():
                LOG.info("rule-inactive", rule=rule, reason=reason)

    def _source(self, positions: dict[str, int]) -> FilesSource:
        options = self._options
        return FilesSource(
            options.dataset,
            positions,
            options.rows_per_slice,
            options.follow,
            options.poll_seconds,
            self._stop,
            again=LettersAgain(self._store, self._ring, self._patience).slices,
        )

    def _archive(self, employees: pl.Series, subjects: pl.Series) -> pl.DataFrame:
        return self._patience.later(lambda: self._store.archive(employees.to_list(), subjects.to_list()))

    def _take(self, state: State, piece: SourceSlice, reading: Reading) -> tuple[State, dict[str, int]]:
        """One slice through the engine and into the store."""
        now = self._clock.now()
        lookups, future = without_future(piece.lookups, now + FUTURE)
        encoded, numbers = self._pipeline.encoder.with_numbers(lookups)
        news = Slice(
            encoded,
            piece.partition,
            piece.closed,
            changed_employees=reading.changed_employees,
            changed_subjects=reading.changed_subjects,
            numbers=numbers,
            rejected=rejected_by_system(_read_first(piece, future), now, self._pipeline.calendar),
        )
        before = state
        state, found = self._pipeline.step(state, news, reading.registers)
        state, revisions = self._pipeline.tell(before, state)
        dead = pl.concat([piece.dead, future, conflict_letters(found.conflicts), reading.dead])
        commit = Commit(
            tables=state.tables(),
            positions=piece.positions,
            revisions=revisions,
            dead=seal_frame(dead, self._ring),
            partition=piece.partition,
            lookups=found.archived,
            meta={"registers": reading.signature},
            again=piece.again,
        )
        self._patience.later(lambda: self._commit(commit))
        for found_wrong in misread(dead):
            LOG.warning("records-not-read", **found_wrong._asdict())
        sizes = self._patience.later(self._store.sizes)
        show_findings(self._metrics, state, found, revisions, dead, sizes)
        show_shadow(self._metrics, before, state)
        show_faults(self._metrics, before, state, news.rejected, self._pipeline.settings.faults.window_days)
        return state, _counts(found, revisions)

    def _commit(self, commit: Commit) -> None:
        began = time.monotonic()
        self._store.commit(commit)
        self._metrics.show_commit(time.monotonic() - began, self._clock.now())


def _read_first(piece: SourceSlice, future: pl.DataFrame) -> pl.DataFrame:
    """The dead records that count against their source: a letter that fails again was counted when it was read."""
    dead = pl.concat([piece.dead, future])
    return dead.clear() if piece.again else dead


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
