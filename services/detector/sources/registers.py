"""The register files of a dataset into decoded records, and a way to see that they changed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from services.core.contract import (
    ABSENCE,
    CASE_LINK,
    CASE_PARTY,
    EMPLOYEE,
    RELATION,
    SELF_REPORT,
    STATEMENT,
    Record,
)
from services.core.errors import InputError
from services.detector.decode import Decoded, nothing
from services.detector.sources.changes import stamp, unchanged
from services.detector.sources.datafiles import KINDS, KINDS_IN_WORDS, read_batches

REGISTERS: dict[str, Record] = {"case-links": CASE_LINK, "employees": EMPLOYEE, "relations": RELATION}
OPTIONAL: dict[str, Record] = {
    "case-parties": CASE_PARTY,
    "self-reports": SELF_REPORT,
    "statements": STATEMENT,
    "absences": ABSENCE,
}
"""Registers that a dataset may lack; the rules and explanations that rest on them are inactive then."""
EVERY_REGISTER = REGISTERS | OPTIONAL
READ_ROWS = 100_000

Signature = frozenset[tuple[str, int, int]]
"""Name, size and time of change (ns) of each register file."""


class Registers:
    """The registers of a dataset directory; looks for all of them at once.

    Raises InputError if a register has no file (an optional one may) or more than one, naming every such register.
    Reading one raises InputError if its file cannot be read or has wrong columns, DoelbindingError if it changed
    meanwhile.
    """

    def __init__(self, path: Path) -> None:
        if faults := register_faults(path):
            raise InputError(*faults)
        self._path = path
        found = {register: register_files(path, register) for register in EVERY_REGISTER}
        self._names = {register: files[0].name for register, files in found.items() if files}

    def case_links(self) -> Decoded:
        """Who worked on which case when, as the register says."""
        return self._read("case-links")

    def employees(self) -> Decoded:
        """Who works where, a row per period."""
        return self._read("employees")

    def relations(self) -> Decoded:
        """Who is related to whom."""
        return self._read("relations")

    def read(self) -> dict[str, Decoded]:
        """All registers that are there, by name. Raises InputError with the faults of all that cannot be read."""
        found: dict[str, Decoded] = {}
        faults: list[str] = []
        for register in self._names:
            try:
                found[register] = self._read(register)
            except InputError as error:
                faults.extend(error.faults)
        if faults:
            raise InputError(*faults)
        return found

    def file_name(self, register: str) -> str:
        """What the file of a register is called."""
        return self._names[register]

    def _read(self, register: str) -> Decoded:
        path = self._path / self.file_name(register)
        with unchanged({path.name: path}):
            return read_whole([path], [path.name], EVERY_REGISTER[register])


def registers_present(dataset: Path) -> list[str]:
    """Names of the registers that a dataset holds. Raises InputError where there is no such directory."""
    if not dataset.is_dir():
        raise InputError(f"{dataset}: is not a directory; give the directory of a dataset")
    return [register for register in EVERY_REGISTER if register_files(dataset, register)]


def register_files(dataset: Path, register: str) -> list[Path]:
    """The files that hold one register; there should be one."""
    candidates = (dataset / f"{register}{kind}" for kind in KINDS)
    return [path for path in candidates if path.is_file()]


def register_faults(dataset: Path, registers: Iterable[str] = EVERY_REGISTER) -> list[str]:
    """A sentence for each of these registers that has no file (an optional one may), or more than one."""
    faults = []
    for register in registers:
        found = register_files(dataset, register)
        if not found and register in REGISTERS:
            faults.append(f"{dataset}: {register} is missing; expected a file {register} with {KINDS_IN_WORDS}")
        if len(found) > 1:
            names = " and ".join(path.name for path in found)
            faults.append(f"{dataset}: {register} is there more than once, as {names}; keep the one that counts")
    return faults


def registers_changed(path: Path, seen: Signature | None) -> Signature | None:
    """The signature of the register files as they are now, or null if it equals the one `seen` before."""
    stamps = [(file.name, stamp(file)) for register in EVERY_REGISTER for file in register_files(path, register)]
    signature = frozenset((name, found[1], found[2]) for name, found in stamps if found)
    return None if signature == seen else signature


def read_whole(paths: list[Path], names: list[str], record: Record) -> Decoded:
    """All records of some files, in the order of the files and their rows."""
    found = [nothing(record)]
    for path, name in zip(paths, names, strict=True):
        found.extend(batch.decoded for batch in read_batches(path, name, record, 0, READ_ROWS))
    return joined(found)


def joined(parts: list[Decoded]) -> Decoded:
    """Several decodings as one, in their order."""
    return Decoded(
        pl.concat([each.valid for each in parts]),
        pl.concat([each.dead for each in parts]),
        pl.concat([each.rows for each in parts]),
    )
