"""What a source reads of its partitions into arrivals that the owner of the engine will take."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from typing import Protocol

import structlog

from services.core.keyring import KeyRing
from services.detector.breaker import Breakers
from services.detector.deadletters import seal_frame
from services.detector.metrics import DetectorMetrics
from services.detector.misread import misread
from services.detector.patience import Patience
from services.detector.poison import Breaking, Poison
from services.detector.reading import Read, Reader
from services.detector.showing import show_dead
from services.detector.sources.slices import SourceSlice
from services.detector.state.arrivals import Arrival
from services.detector.state.connection import StoreUnavailable
from services.detector.state.fences import Fenced
from services.detector.state.readings import Readings
from services.detector.vital_metrics import READING

LOG = structlog.get_logger()
MOST_ROWS_WAITING = 200_000
"""Lookups of one partition that may wait for the engine before it rests; some tens of megabytes of the database.

A partition of its own: the watermark waits for each, so that one that is full must not keep the others back.
"""


def has_room(readings: Readings, partition: str) -> bool:
    """Whether the engine keeps up with a partition. Raises StoreUnavailable."""
    return readings.waiting(partition) <= MOST_ROWS_WAITING


class Partitions(Protocol):
    """A source whose partitions may come and go."""

    def slices(self) -> Iterator[SourceSlice]:
        """Slices of the partitions that are this reader's, until it is told to stop, or a closed one at the end.

        Raises StoreUnavailable where a partition cannot be claimed or looked at; it may then be called again.
        """

    def stored(self, piece: SourceSlice) -> None:
        """Takes note that a slice is safe."""

    def reclaim(self, partition: str) -> None:
        """Claims a partition anew, if it is still this reader's, and goes on where the store says."""

    def hold(self, partition: str, seconds: float, rows: int) -> None:
        """Drops what is not stored, and reads it again after so long, so many rows at once until `trust`."""

    def trust(self, partition: str) -> None:
        """Reads as much at once as of every other partition."""

    def rest(self, partition: str) -> None:
        """Reads no more of a partition until `has_room` says so, and goes on with the others."""

    def idle(self, seconds: float) -> None:
        """Waits without reading, and without losing what is assigned."""


class Arriving:
    """Stores what is read, as long as the engine keeps up."""

    def __init__(
        self,
        source: Partitions,
        reader: Reader,
        readings: Readings,
        ring: KeyRing,
        metrics: DetectorMetrics,
        news: Event,
        stop: Event,
        breakers: Breakers | None = None,
    ) -> None:
        self._source = source
        self._breakers = breakers or Breakers(source, Breaking())
        self._reader = reader
        self._readings = readings
        self._ring = ring
        self._metrics = metrics
        self._news = news
        self._stop = stop
        self._patience = Patience(stop, rest=self._rest)
        self._pieces = source.slices()
        self.ended = Event()
        """Set when all of an input that ends was read and stored, by this reader or another."""

    def run(self) -> None:
        """Reads until the source ends. `news` is set for each arrival, and at the end."""
        while (piece := self._patience.later(self._next)) is not None and not piece.closed:
            self._take(piece)
        if piece is not None:
            self.ended.set()
        self._news.set()

    def _next(self) -> SourceSlice | None:
        try:
            return next(self._pieces, None)
        except StoreUnavailable:
            self._pieces = self._source.slices()  # what raised is over
            raise

    def _take(self, piece: SourceSlice) -> None:
        read = self._reader.read(piece)
        dead = read.dead.height
        seen = read.lookups.height + dead
        if self._breakers.judge(piece.partition, seen, dead) != "take":
            return
        poison = self._breakers.after(piece.partition, seen, dead)
        try:
            self._patience.later(lambda: self._store(read, piece, poison))
        except Fenced:
            LOG.warning("partition-lost", partition=piece.partition)
            self._metrics.fenced_commits.labels(stage=READING).inc()
            self._source.reclaim(piece.partition)
            return
        self._source.stored(piece)
        self._reader.stored(read)
        self._news.set()
        show_dead(self._metrics, read.dead)
        for found_wrong in misread(read.dead):
            LOG.warning("records-not-read", **found_wrong._asdict())
        self._breakers.stored(piece.partition, poison, empty=not seen)
        if not self._patience.later(lambda: has_room(self._readings, piece.partition)):
            self._source.rest(piece.partition)

    def _store(self, read: Read, piece: SourceSlice, poison: Poison) -> None:
        arrival = Arrival(
            next=piece.positions[piece.partition],
            lookups=read.lookups,
            numbers=read.numbers,
            rejected=read.rejected,
            dead=seal_frame(read.dead, self._ring),
            behind=piece.behind and self._breakers.holds_back(piece.partition),
            poison=poison,
            identities=read.identities,
        )
        self._readings.arrive(piece.partition, arrival)

    def _rest(self, seconds: float) -> bool:
        self._source.idle(seconds)
        return self._stop.is_set()
