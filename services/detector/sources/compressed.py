"""A gzip or Zstandard file into the bytes it holds, as far as it is whole."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import zstandard

READ_BYTES = 2**16
STEP_BYTES = {".gz": 2**10, ".zst": 2**6}
"""Compressed bytes unpacked at a time: the worst file grows 1,032-fold (gzip) or 32,768-fold (zstd), to 1 or 2 MiB."""

MAX_WINDOW_BYTES = 2**27
"""Zstandard's own limit for what a reader must be ready to hold (RFC 8878 recommends 8 MB at least)."""


class Unpacker(Protocol):
    """What zlib and zstandard share: unpacks one member of a file."""

    @property
    def eof(self) -> bool:
        """The member is complete."""
        ...

    @property
    def unused_data(self) -> bytes:
        """Bytes after the end of the member."""
        ...

    def decompress(self, data: bytes, /) -> bytes:
        """What these bytes unpack to."""
        ...


class CutShortError(Exception):
    """The file ends in the middle of what it holds: damaged, or still being written."""


class CorruptError(Exception):
    """The bytes are not what the compressor wrote."""


OPENERS: dict[str, Callable[[], Unpacker]] = {
    ".gz": lambda: zlib.decompressobj(wbits=31),
    ".zst": lambda: zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW_BYTES).decompressobj(),
}


def unpacked(path: Path) -> Iterator[bytes]:
    """The content in pieces; members that follow one another count as one content.

    Raises CutShortError or CorruptError after the last piece that is whole, OSError if the file cannot be read.
    """
    unpacker, begun = OPENERS[path.suffix](), False
    for piece in _pieces(path, STEP_BYTES[path.suffix]):
        while piece:
            if unpacker.eof:
                unpacker, begun = OPENERS[path.suffix](), False
            yield _unpack(unpacker, piece)
            begun, piece = True, unpacker.unused_data if unpacker.eof else b""  # noqa: PLW2901 - what is left of it
    if not (begun and unpacker.eof):
        raise CutShortError


def _pieces(path: Path, size: int) -> Iterator[bytes]:
    with path.open("rb", buffering=READ_BYTES) as file:
        while piece := file.read(size):
            yield piece


def _unpack(unpacker: Unpacker, piece: bytes) -> bytes:
    try:
        return unpacker.decompress(piece)
    except (zlib.error, zstandard.ZstdError) as error:
        raise CorruptError(str(error)) from error
