"""Registers as they are held into files beside each other, and back: a restart reads only what came since.

The files hold integers made of identities under the key ring, no digits. One file names the others and is put in place
last, so that a snapshot is there whole or not at all.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import msgspec
import polars as pl
import structlog
from polars.exceptions import PolarsError

from services.core.clock import Clock
from services.core.errors import DoelbindingError
from services.core.keyring import KeyRing
from services.core.topics import TOMBSTONES_KEPT

LOG = structlog.get_logger()
FORMAT = 1
CONTENTS = "contents.json"
OLDEST = TOMBSTONES_KEPT / 2
"""An older snapshot is not used: the brokers may have forgotten rows that were taken away since."""
CHUNK = 2**22


class _File(msgspec.Struct, frozen=True):
    """Name, size in bytes and CRC-32 of one table's file."""

    name: str
    size: int
    checksum: int


class _Contents(msgspec.Struct, frozen=True):
    """What a snapshot is of, and the files that it is made of."""

    format: int
    keys: str
    topics: str
    at: datetime
    positions: dict[str, int]
    files: dict[str, _File]
    topic_ids: dict[str, str] = {}


@dataclass(frozen=True)
class Snapshot:
    """Tables by name, and per partition (`TOPIC/NUMBER`) the offset of the first record that is not in them.

    `topic_ids` tells topics from others of their names, where it is known.
    """

    frames: Mapping[str, pl.DataFrame]
    positions: Mapping[str, int]
    topic_ids: Mapping[str, str] = field(default_factory=dict)


class Snapshots:
    """The snapshot in one folder, of one key ring and the topics of one prefix."""

    def __init__(self, folder: Path, ring: KeyRing, topics: str, clock: Clock) -> None:
        self._folder = folder
        self._keys = _fingerprint(ring)
        self._topics = topics
        self._clock = clock
        self._written: dict[str, tuple[pl.DataFrame, _File]] = {}

    def load(self) -> Snapshot | None:
        """What was stored last; none, with the reason in the log, if it is damaged, too old, or of something else."""
        if not (self._folder / CONTENTS).exists():
            return None
        try:
            with self._locked(fcntl.LOCK_SH):
                return self._loaded()
        except (DoelbindingError, OSError, msgspec.MsgspecError, PolarsError) as error:
            reason = str(error) if isinstance(error, DoelbindingError) else f"cannot be read ({type(error).__name__})"
            LOG.warning("register-snapshot-not-used", reason=reason, instead="the topics are read whole")
            return None

    def store(self, snapshot: Snapshot) -> None:
        """Writes the tables that changed since, and puts all in place together. A full disk is told, and no more."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with self._locked(fcntl.LOCK_EX):
                files = {name: self._file(name, frame) for name, frame in snapshot.frames.items()}
                now = self._clock.now()
                positions, topic_ids = dict(snapshot.positions), dict(snapshot.topic_ids)
                contents = _Contents(FORMAT, self._keys, self._topics, now, positions, files, topic_ids)
                self._put(CONTENTS, msgspec.json.encode(contents))
                self._sweep({CONTENTS, *(file.name for file in files.values())})
        except (OSError, PolarsError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            LOG.warning("register-snapshot-not-stored", reason=reason)

    def discard(self) -> None:
        """Has the next start read everything anew."""
        (self._folder / CONTENTS).unlink(missing_ok=True)

    def _loaded(self) -> Snapshot:
        contents = msgspec.json.decode((self._folder / CONTENTS).read_bytes(), type=_Contents)
        if contents.format != FORMAT or contents.keys != self._keys or contents.topics != self._topics:
            raise DoelbindingError("it is of another release, key ring or set of topics")
        if self._clock.now() - contents.at > OLDEST:
            raise DoelbindingError(f"it is older than {OLDEST / timedelta(days=1):.0f} days")
        frames = {name: self._frame(file) for name, file in contents.files.items()}
        self._written = {name: (frames[name], file) for name, file in contents.files.items()}
        return Snapshot(frames, contents.positions, contents.topic_ids)

    def _frame(self, file: _File) -> pl.DataFrame:
        path = self._folder / file.name
        if not path.exists() or _sums(path) != (file.size, file.checksum):
            raise DoelbindingError("a file of it is missing or damaged")
        return pl.read_parquet(path)

    def _file(self, name: str, frame: pl.DataFrame) -> _File:
        """The file of a table; one that is there already if the table is the same."""
        before = self._written.get(name)
        if before and before[0] is frame and (self._folder / before[1].name).exists():
            return before[1]
        path = self._folder / f"{name}-{secrets.token_hex(8)}.parquet"
        with _private(path) as file:
            frame.write_parquet(file, compression="lz4", statistics=False)
        made = _File(path.name, *_sums(path))
        self._written[name] = (frame, made)
        return made

    def _put(self, name: str, data: bytes) -> None:
        path = self._folder / f"{name}.{secrets.token_hex(8)}"
        with _private(path) as file:
            file.write(data)
        path.replace(self._folder / name)

    def _sweep(self, used: set[str]) -> None:
        """Deletes what earlier snapshots, or a crash, left behind."""
        for path in self._folder.iterdir():
            if path.name not in used and path.name.startswith((CONTENTS, *self._written)):
                path.unlink(missing_ok=True)

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """Detectors of one home folder share it; none may delete what another reads."""
        with (self._folder / ".lock").open("w") as lock:
            fcntl.flock(lock, how)
            yield


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    """A new file that only its owner can read; on the disk for good when the block ends, or not there at all."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _sums(path: Path) -> tuple[int, int]:
    """Size and CRC-32 of a file."""
    size = checksum = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            size, checksum = size + len(chunk), zlib.crc32(chunk, checksum)
    return size, checksum


def _fingerprint(ring: KeyRing) -> str:
    """Tells one key ring from another, and nothing about it."""
    key = hashlib.blake2b(key=ring.key("pseudonym"), digest_size=8, person=b"registers").hexdigest()
    return f"{ring.pseudonym_version}-{key}"
