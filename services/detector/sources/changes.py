"""Files that were read before, or are being read, into a word on whether they are still the same."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from services.core.errors import DoelbindingError, InputError

HEAD_BYTES = 256
"""First bytes that are remembered of a file: log lines differ in their id or time well before this."""


Stamp = tuple[int, int, int]
"""Inode, size and time of change (ns) of a file."""


def stamp(path: Path) -> Stamp | None:
    """What shows that a file was written or replaced; null if it is not there."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def changed_while_read(*names: str) -> DoelbindingError:
    """Nobody knows what was read of these files."""
    right = "changed while it was read; start again when nothing writes to it any more"
    return DoelbindingError("\n".join(f"{name}: {right}" for name in names))


@contextmanager
def unchanged(files: Mapping[str, Path]) -> Iterator[None]:
    """Raises DoelbindingError at the end if one of these files, by what to call them, changed meanwhile.

    That goes before what else was wrong with them: a file that is being written may look damaged.
    """
    before = {name: stamp(path) for name, path in files.items()}
    fault: InputError | None = None
    try:
        yield
    except InputError as error:
        fault = error
    if changed := [name for name, path in files.items() if stamp(path) != before[name]]:
        raise changed_while_read(*changed) from fault
    if fault:
        raise fault


class Face(NamedTuple):
    """What a file is known by: inode and first bytes, and its size when it was looked at."""

    inode: int
    head: bytes
    size: int


class Watch:
    """Remembers files by inode and first bytes, as long as the process lives.

    What is known across a restart is the position alone: then a file is judged by its size and by whether a line
    starts at the position. Copies must grow in place (`rsync --inplace`, `--append`): a new inode is a new file.
    """

    def __init__(self) -> None:
        self._known: dict[str, Face] = {}

    def change(self, path: Path, position: int) -> str | None:
        """What happened to a file of which `position` was read; null if it only grew. Raises OSError."""
        with path.open("rb") as file:
            stat = os.fstat(file.fileno())
            face = Face(stat.st_ino, file.read(HEAD_BYTES), stat.st_size)
            known = self._known.get(path.name, face) if position else face
            if face.inode != known.inode or not face.head.startswith(known.head):
                return "was replaced by another file"
            if path.suffix == ".parquet" and face.size != known.size:
                return "was written again after it was read"
            if path.suffix == ".ndjson":
                if face.size < position:
                    return f"has {face.size} bytes, fewer than the {position} read before"
                file.seek(max(0, position - 1))
                if position and not _starts_line(file.read(2)):
                    return f"has no line that starts at byte {position}, where it was left"
        self._known[path.name] = face
        return None


def _starts_line(around: bytes) -> bool:
    """Whether the second byte begins a line or ends one (a last line may have been read before its end was there)."""
    before, at = around[:1], around[1:]
    return before == b"\n" or at in (b"", b"\n", b"\r")
