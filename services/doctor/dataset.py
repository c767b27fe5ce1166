"""A dataset directory into findings: its files, its records, and how its registers fit together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from services.core.contract import LOOKUP
from services.core.errors import InputError
from services.detector.decode import Decoded
from services.detector.overlaps import contradictions
from services.detector.settings import AgencySettings
from services.detector.sources.datafiles import LOOKUPS, folder_faults, lookup_files, passed_over_in_words, read_batches
from services.detector.sources.dataset import dataset_faults
from services.detector.sources.registers import EVERY_REGISTER, REGISTERS, read_whole, register_files
from services.doctor.findings import Finding, fault, number, ok, warning
from services.doctor.needs import examine_needs
from services.doctor.registers import examine_fit

SAMPLE_ROWS = 10_000


def examine_dataset(path: Path, settings: AgencySettings | None) -> list[Finding]:
    """The directory that `detect` or `rescore` is to read; lookups are judged by the head of the newest file."""
    try:
        found = [fault("dataset", told) for told in dataset_faults(path)]
        lookups = [] if folder_faults(path) else _lookups(path)
    except InputError as error:
        return [fault("dataset", told) for told in error.faults]
    registers, of_registers = _registers(path)
    return [*found, *lookups, *of_registers, *examine_fit(registers), *examine_needs(registers, settings)]


def _lookups(path: Path) -> list[Finding]:
    files = lookup_files(path)
    found = [warning("lookups", told) for told in passed_over_in_words(path)]
    newest = files[-1]
    name = f"{LOOKUPS}/{newest.name}"
    try:
        batch = next(read_batches(newest, name, LOOKUP, 0, SAMPLE_ROWS, whole=False), None)
    except InputError as error:
        return [*found, *(fault("lookups", told) for told in error.faults)]
    told = f"{number(len(files), 'file', 'files')}; {name}"
    if batch is None:
        return [*found, ok("lookups", f"{told} holds no whole record yet")]
    return [*found, records_finding("lookups", f"{told}, its head", batch.decoded)]


def _registers(path: Path) -> tuple[Mapping[str, pl.DataFrame], list[Finding]]:
    """The valid rows of every register that can be read, and a finding about each."""
    frames, found = {}, []
    for register, record in EVERY_REGISTER.items():
        files = register_files(path, register)
        if len(files) != 1:
            continue  # told with the directory's faults
        try:
            decoded = read_whole(files, [files[0].name], record)
        except InputError as error:
            found += [fault(register, told) for told in error.faults]
            continue
        frames[register] = decoded.valid
        found.append(records_finding(register, files[0].name, decoded))
        if register in REGISTERS:
            found += [warning(register, told) for told in contradictions(register, files[0].name, decoded)]
    return frames, found


def records_finding(check: str, name: str, decoded: Decoded) -> Finding:
    """How many records are valid, and why the others are not, by the codes of the dead letters."""
    valid = number(decoded.valid.height, "valid record", "valid records")
    if decoded.dead.is_empty():
        return ok(check, f"{name}: {valid}")
    codes = (
        decoded.dead["codes"].explode().value_counts(name="times").sort(["times", "codes"], descending=[True, False])
    )
    reasons = ", ".join(f"{code} {times:,}" for code, times in codes.iter_rows())
    told = f"{name}: {valid}, {decoded.dead.height:,} not valid ({reasons}); mend the export of this register or system"
    return (warning if decoded.valid.height else fault)(check, told)
