"""The streaming detector: slices from the source through the engine into the store, signals on to the intake."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import structlog
from sqlalchemy.engine import URL

from services.core.client_settings import DETECTOR, open_account
from services.core.clock import Clock
from services.core.errors import DoelbindingError
from services.core.keyring import KeyRing, open_key_ring
from services.core.vault import VaultPublicKey
from services.core.vault_keys import open_public_key
from services.detector.again import LettersAgain
from services.detector.database import detector_database
from services.detector.deciding import Decider
from services.detector.deliver import CALL_SECONDS, DRAIN_SECONDS_WHEN_STOPPED, Deliverer, delivering
from services.detector.following import FollowedRegisters, Reading
from services.detector.inactive import inactive_rules
from services.detector.keeping import Keeper
from services.detector.metrics import DetectorMetrics, serve_metrics
from services.detector.patience import Patience
from services.detector.pipeline import Pipeline
from services.detector.reading import Reader
from services.detector.sealing import Sealer
from services.detector.settings import AgencySettings
from services.detector.sources.datafiles import LOOKUPS, passed_over_in_words
from services.detector.sources.files import FilesSource
from services.detector.sources.registers import registers_present
from services.detector.sources.slices import SourceSlice
from services.detector.state.migrate import migrate
from services.detector.state.store import Store
from services.detector.state.tables import State
from services.detector.stopping import until_told_to_stop
from services.detector.vitals import Vitals

LOG = structlog.get_logger()
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
    public = open_public_key(options.home)
    token = open_account(DETECTOR, options.home, "detector")
    url = detector_database(options.home)
    metrics, stop = metrics or DetectorMetrics(), threading.Event()
    with (
        metrics_page(metrics, options.metrics_port),
        closing(opened(url, clock, stop)) as store,
        httpx.Client(base_url=options.api, timeout=CALL_SECONDS) as client,
        delivering(Deliverer(store, client, token, clock, metrics=metrics)) as deliverer,
    ):
        watch = Watch(options, settings, ring, store, sources, metrics, clock, stop, public)
        with until_told_to_stop(stop):
            counted = watch.run(deliverer)
        if stop.is_set() and not options.follow:
            raise DoelbindingError("stopped before the end of the lookups; the next start goes on from there")
        deliverer.rest(DRAIN_SECONDS_WHEN_STOPPED if options.follow else options.patience_seconds)
    return counted


def opened(url: URL, clock: Clock, stop: threading.Event, *, letters_to_tell: bool = False) -> Store:
    """The store with its tables; waits where another process writes to it, or its disk is full."""
    with until_told_to_stop(stop):
        Patience(stop).at_start(lambda: migrate(url))
    return Store(url, clock, letters_to_tell=letters_to_tell)


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
        public: VaultPublicKey,
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
        known = self._patience.later(store.identities.keys)
        self._reader = Reader(self._pipeline, clock, Sealer(public, self._pipeline.pseudonyms, known))
        self._keeper = Keeper(store, self._patience, metrics, clock)
        self._vitals = Vitals(metrics, clock, self._pipeline.calendar)

    def run(self, deliverer: Deliverer) -> dict[str, int]:
        """Claims the store, goes on where the last commit ended, and reads until the input ends or `stop` is set."""
        self._vitals.owns()
        self._metrics.engine_epoch.set(self._patience.later(self._store.claim))
        snapshot = self._patience.later(self._store.load)
        self._decider = Decider(self._pipeline, self._metrics, State.restore(snapshot.tables, self._keeper.archive))
        registers = FollowedRegisters(
            self._options.dataset, self._pipeline, self._sources, snapshot.meta.get("registers")
        )
        self._tell_what_is_passed_over()
        self._tell_what_is_inactive()
        counted = Counter[str](slices=0, lookups=0, duplicates=0, late=0, revisions=0)
        for piece in self._source(snapshot.positions).slices():
            self._vitals.looked()
            counted.update(self._take(piece, registers.read()))
            deliverer.wake()
        if not self._stop.is_set():
            self._vitals.ended()
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
            again=self._look_for_letters(),
        )

    def _look_for_letters(self) -> Callable[[], Iterator[SourceSlice]]:
        """Called on each look at the files, so also where nothing is new."""
        letters = LettersAgain(self._store, self._ring, self._patience)

        def look() -> Iterator[SourceSlice]:
            self._vitals.looked()
            yield from letters.slices()

        return look

    def _take(self, piece: SourceSlice, reading: Reading) -> dict[str, int]:
        """One slice through the engine and into the store."""
        self._vitals.registers(reading)
        read = self._reader.read(piece)
        step = self._decider.step([read], reading, closed=piece.closed)
        commit = step.commit(self._ring, piece.partition)
        commit = replace(commit, positions=piece.positions, again=piece.again, identities=read.identities)
        self._keeper.keep(self._decider, step, commit)
        self._reader.stored(read)
        return step.counts()


@contextmanager
def metrics_page(metrics: DetectorMetrics, port: int) -> Iterator[None]:
    """Serves /metrics while the detector runs; port 0 means no page."""
    if not port:
        yield
        return
    with closing(serve_metrics(metrics, port)):
        yield
