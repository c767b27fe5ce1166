"""Files that were read before into a word on whether they are still the same."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

HEAD_BYTES = 256
"""First bytes that are remembered of a file: log lines differ in their id or time well before this."""


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
