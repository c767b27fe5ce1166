"""Files of a run under their names when all of them are written, and not before."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

BUFFER_BYTES = 1024 * 1024


class _Written(io.BufferedWriter):
    """A file that remembers why the system refused a write; it is written through here, not by its number."""

    refused: OSError | None = None

    def write(self, data: Buffer, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            self.refused = error
            raise

    def fileno(self) -> int:
        raise io.UnsupportedOperation


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Writes a frame. Raises OSError with the path where the system refuses, as on a full disk.

    Polars tells such refusals as faults of the format, and not always with their number.
    """
    file = _Written(io.FileIO(path, "w"), BUFFER_BYTES)
    try:
        with file:
            frame.write_parquet(file)
    except (OSError, pl.exceptions.ComputeError) as error:
        refused = error if isinstance(error, OSError) else file.refused
        if refused is None:
            raise
        raise OSError(refused.errno, refused.strerror, str(path)) from error


@contextmanager
def whole(folder: Path, *names: str) -> Iterator[list[Path]]:
    """Where to write the files of these names: beside their places, into which they are put together at the end.

    Where the block fails nothing is left of it, and what an earlier run put there stays. A crash while the files are
    put in place leaves the last of them missing, so that its presence tells that all belong to one run.
    """
    mark = secrets.token_hex(4)
    paths = [folder / f".{name}.{mark}" for name in names]
    try:
        yield paths
        (folder / names[-1]).unlink(missing_ok=True)
        for name, path in zip(names, paths, strict=True):
            path.replace(folder / name)
    finally:
        for path in paths:
            path.unlink(missing_ok=True)
