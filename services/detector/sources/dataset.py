"""A dataset directory into whole frames of decoded records, for batch."""

from __future__ import annotations

from pathlib import Path

from services.core.contract import LOOKUP
from services.core.errors import InputError
from services.detector.decode import Decoded
from services.detector.sources.datafiles import LOOKUPS, folder_faults, kind_of, lookup_files
from services.detector.sources.parquet import parquet_faults
from services.detector.sources.registers import Registers, read_whole, register_faults


class Dataset(Registers):
    """Lookups and registers of one directory (docs/architecture.md, "A dataset").

    Raises InputError with everything that is missing from the directory.
    """

    def __init__(self, path: Path) -> None:
        faults = folder_faults(path)
        if path.is_dir():
            faults += register_faults(path)
        if faults:
            raise InputError(*faults)
        super().__init__(path)

    def lookups(self) -> Decoded:
        """All lookups, in the order of file names and rows.

        Raises InputError if a file cannot be read, or with the faults of the columns of all Parquet files.
        """
        paths = lookup_files(self._path)
        names = [f"{LOOKUPS}/{path.name}" for path in paths]
        named = zip(paths, names, strict=True)
        faults = [fault for path, name in named if kind_of(path) == ".parquet" for fault in _faults(path, name)]
        if faults:
            raise InputError(*faults)
        return read_whole(paths, names, LOOKUP)


def _faults(path: Path, name: str) -> list[str]:
    """The faults of a Parquet file as sentences, also if it cannot be read at all."""
    try:
        return parquet_faults(path, LOOKUP, name)
    except InputError as error:
        return list(error.faults)
