"""A dataset directory into whole frames of decoded records, for batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from services.core.contract import LOOKUP
from services.core.errors import InputError
from services.detector.decode import Decoded, nothing
from services.detector.sources.changes import unchanged
from services.detector.sources.datafiles import (
    LOOKUPS,
    folder_faults,
    lookup_files,
    passed_over_in_words,
    read_batches,
    unread_file,
    unread_files,
)
from services.detector.sources.registers import READ_ROWS, Registers, joined, register_faults


def dataset_faults(path: Path) -> list[str]:
    """Everything that is missing from a directory, a sentence each."""
    return [*folder_faults(path), *(register_faults(path) if path.is_dir() else ())]


class Dataset(Registers):
    """Lookups and registers of one directory (docs/architecture.md, "A dataset").

    Raises InputError with everything that is missing from the directory.
    """

    def __init__(self, path: Path) -> None:
        if faults := dataset_faults(path):
            raise InputError(*faults)
        super().__init__(path)

    def lookups(self) -> Decoded:
        """All lookups, in the order of file names and rows.

        A file that cannot be read, or has wrong columns, is a dead letter (see `unread_files`) and the others are
        read. Raises InputError with the faults of all files if none can be read, and DoelbindingError if one changed
        while it was read.
        """
        return all_lookups(self._path)

    def passed_over(self) -> list[str]:
        """A sentence for each name beside the lookups that is not read."""
        return passed_over_in_words(self._path)


def all_lookups(dataset: Path) -> Decoded:
    """All lookups of a directory, as `Dataset.lookups` gives them; its registers are not looked at."""
    files = {f"{LOOKUPS}/{path.name}": path for path in lookup_files(dataset)}
    with unchanged(files):
        read = [joined(list(_lookups(path, name))) for name, path in files.items()]
    dead = pl.concat([each.dead for each in read])
    if all(unread_files(each.dead) and each.valid.is_empty() for each in read):
        raise InputError(*unread_files(dead))
    return joined(read)


def _lookups(path: Path, name: str) -> Iterator[Decoded]:
    """The lookups of one file, as far as it can be read."""
    yield nothing(LOOKUP)
    try:
        for batch in read_batches(path, name, LOOKUP, 0, READ_ROWS):
            yield batch.decoded
    except InputError as error:
        yield replace(nothing(LOOKUP), dead=unread_file(name, error))
