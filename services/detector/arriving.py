"""What a source reads of its partitions into arrivals that the owner of the engine will take."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from threading import Event
from typing import Protocol

import structlog

from services.core.keyring import KeyRing
from services.detector.deadletters import seal_frame
from services.detector.misread import misread
from services.detector.patience import Patience
from services.detector.reading import Read, Reader
from services.detector.sources.slices import SourceSlice
from services.detector.state.arrivals import Arrival
from services.detector.state.fences import Fenced
from services.detector.state.readings import Readings

LOG = structlog.get_logger()
MOST_ROWS_WAITING = 200_000
"""Lookups of one partition that may wait for the engine before reading pauses; some tens of megabytes."""


ENGINE_BEHIND_SECONDS = 0.2
"""Between two looks at whether the engine has caught up."""


class Partitions(Protocol):
    """A source whose partitions may come and go."""

    def slices(self) -> Iterator[SourceSlice]:
        """Slices of the partitions that are assigned, until the input ends or it is told to stop."""

    def stored(self, piece: SourceSlice) -> None:
        """Takes note that a slice is safe."""

    def dropped(self, partition: str) -> None:
        """Gives up a partition that somebody else has claimed."""

    def rest(self, seconds: float) -> bool:
        """Waits without reading, and without losing what is assigned; true if it was told to stop meanwhile."""


class Arriving:
    """Stores what is read, as long as the engine keeps up."""

    def __init__(
        self, source: Partitions, reader: Reader, readings: Readings, ring: KeyRing, news: Event, stop: Event
    ) -> None:
        self._source = source
        self._reader = reader
        self._readings = readings
        self._ring = ring
        self._news = news
        self._patience = Patience(stop, rest=source.rest)

    def run(self) -> None:
        """Reads until the source ends."""
        for piece in self._source.slices():
            read = self._reader.read(piece)
            try:
                self._patience.later(partial(self._store, read, piece))
            except Fenced:
                LOG.warning("partition-lost", partition=piece.partition)
                self._source.dropped(piece.partition)
                continue
            self._source.stored(piece)
            self._news.set()
            for found_wrong in misread(read.dead):
                LOG.warning("records-not-read", **found_wrong._asdict())
            self._until_there_is_room(piece.partition)

    def _store(self, read: Read, piece: SourceSlice) -> None:
        self._readings.arrive(
            piece.partition,
            Arrival(
                lookups=read.lookups,
                numbers=read.numbers,
                rejected=read.rejected,
                dead=seal_frame(read.dead, self._ring),
                next=piece.positions[piece.partition],
                closed=read.closed,
            ),
        )

    def _until_there_is_room(self, partition: str) -> None:
        while self._patience.later(partial(self._readings.waiting, partition)) > MOST_ROWS_WAITING:
            if self._source.rest(ENGINE_BEHIND_SECONDS):
                return
