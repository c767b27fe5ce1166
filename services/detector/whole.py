"""Files of a run under their names when all of them are written, and not before."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from os import strerror
from pathlib import Path

import polars as pl

OS_ERROR = re.compile(r"\(os error (\d+)\)")


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Writes a frame. Raises OSError with the path where the system refuses, as on a full disk."""
    try:
        frame.write_parquet(path)
    except pl.exceptions.ComputeError as error:  # Polars tells the system's refusals as faults of the format
        if refused := OS_ERROR.search(str(error)):
            number = int(refused[1])
            raise OSError(number, strerror(number), str(path)) from error
        raise


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
