"""Lookups of readers into a topic of Kafka, or into files of a dataset."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from services.api.readers.lookups import ReaderLookup
from services.core.cloud_events import CONTENT_TYPE, encode_lookup
from services.core.kafka_broker import Broker, Message, Trouble

HEADERS = {"content-type": CONTENT_TYPE.encode()}
MODE = 0o640
"""Of a file: for its owner, and for the group of whoever runs the detector."""


@dataclass(frozen=True)
class Piece:
    """The lookups of the entries from `first` to `last`; `mark` tells the first entry from others in its place."""

    first: int
    last: int
    mark: str
    lookups: Sequence[ReaderLookup]


@dataclass(frozen=True)
class Put:
    """The last entry whose lookups, and those of all before it, are where they should be; what kept the others."""

    through: int
    trouble: Trouble | None = None


class Sink(Protocol):
    """Where lookups go; for one thread at a time."""

    @property
    def seconds(self) -> float:
        """How long to wait for more where little happens."""
        ...

    def put(self, piece: Piece) -> Put:
        """Returns once lookups are durable there; the same piece twice is there once, or is known by its ids."""
        ...

    def close(self) -> None:
        """Lets go of connections."""
        ...


class TopicSink:
    """The topic that detectors read, keyed by reader as other lookups are by employee."""

    seconds = 1.0

    def __init__(self, broker: Broker, source: str) -> None:
        """`source` is who the events say they are from: a URN that names organisation and system."""
        self._broker = broker
        self._source = source

    def put(self, piece: Piece) -> Put:
        """At least once; what the broker did not acknowledge, and what follows on it, is to be sent again."""
        messages = [self._message(row, each) for row, each in enumerate(piece.lookups)]
        sent = self._broker.send(messages)
        there = set(sent.rows)
        missing = next((each.sequence for row, each in enumerate(piece.lookups) if row not in there), None)
        return Put(piece.last if missing is None else missing - 1, sent.trouble)

    def close(self) -> None:
        """Lets go of connections."""
        self._broker.close()

    def _message(self, row: int, each: ReaderLookup) -> Message:
        event = encode_lookup(each.record, each.lookup_id, self._source, each.at)
        return Message(row, each.reader.encode(), event, HEADERS)


class FolderSink:
    """FOLDER/lookups of a dataset: a file per piece, which is there whole or not at all and never changes."""

    def __init__(self, folder: Path, seconds: float) -> None:
        self.seconds = seconds
        self._lookups = folder / "lookups"

    def put(self, piece: Piece) -> Put:
        """A file that begins at the same entry is an earlier try of this one, and may have been read already."""
        name = f"doelbinding-{piece.first:012d}-{piece.mark}"
        try:
            self._lookups.mkdir(exist_ok=True)
            for earlier in self._lookups.glob(f"{name}-*.ndjson"):
                return Put(int(earlier.stem.rpartition("-")[2]))
            self._write(f"{name}-{piece.last:012d}.ndjson", b"".join(each.record + b"\n" for each in piece.lookups))
        except OSError as error:
            told = f"folder of DOELBINDING_API_READS: {error.strerror or type(error).__name__}"
            return Put(piece.first - 1, Trouble(f"{told}: make it writable for the API, with room", refused=False))
        return Put(piece.last)

    def close(self) -> None:
        """Nothing is held."""

    def _write(self, name: str, content: bytes) -> None:
        fresh = self._lookups / f".{name}.part"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._lookups / name)
        folder = os.open(self._lookups, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
