"""Bytes as they are read into lines; a line past the limit is measured and dropped while it passes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Line(NamedTuple):
    """One line of a file: its bytes, where it starts, where the next one does, and its length.

    Places count bytes, or lines where the file is compressed. The line end is not part of `data` and `length`;
    `data` is empty where the line is longer than the limit.
    """

    data: bytes
    at: int
    next: int
    length: int


class LineCutter:
    """Cuts pieces of bytes into lines, and holds no more than one piece and one line of permitted length."""

    def __init__(self, max_line_bytes: int, start: int = 0) -> None:
        self._limit = max_line_bytes
        self._held: list[bytes] = []
        self._at = start
        self._length = 0

    def cut(self, piece: bytes) -> Iterator[Line]:
        """The lines that this piece completes; their places are bytes, counted on from `start`."""
        *whole, rest = piece.split(b"\n")
        for part in whole:
            self._hold(part)
            yield self._line(len(b"\n"))
        self._hold(rest)

    def end(self) -> Iterator[Line]:
        """The last line, if the bytes did not end with a line end."""
        if self._length:
            yield self._line(0)

    def unfinished(self) -> bytes:
        """What is held of a line that has not ended."""
        return b"".join(self._held)

    def _hold(self, part: bytes) -> None:
        self._length += len(part)
        if self._length > self._limit:
            self._held.clear()
        elif part:
            self._held.append(part)

    def _line(self, line_end: int) -> Line:
        line = Line(self.unfinished(), self._at, self._at + self._length + line_end, self._length)
        self._held.clear()
        self._at, self._length = line.next, 0
        return line
