"""The registers of a dataset, and who reads signals, into the frames that interests are worked out from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from services.core.contract import EMPLOYEE, RELATION, Record
from services.core.errors import InputError, tell_at_once
from services.detector.periods import EMPLOYEE_KEY, in_force
from services.detector.sources.changes import unchanged
from services.detector.sources.registers import read_whole, register_faults, register_files, registers_present

NEEDED = ("employees", "relations")


@dataclass(frozen=True)
class People:
    """Employees as periods of which one is in force at a time, the relations that may be used, and rows left out."""

    staff: pl.DataFrame
    relations: pl.DataFrame
    unread: int
    """Rows of either register that could not be read: whom they are about, nobody knows."""


def read_people(dataset: Path, sources: tuple[str, ...]) -> People:
    """The registers `employees` and `relations` of a dataset; relations of other sources than these count for nothing.

    Raises InputError, with all faults, if a register is not there, there twice, or cannot be read.
    """
    registers_present(dataset)
    if faults := register_faults(dataset, NEEDED):
        raise InputError(*faults)
    employees, broken_employees = _read(dataset, "employees", EMPLOYEE)
    relations, broken_relations = _read(dataset, "relations", RELATION)
    return People(
        in_force(employees, EMPLOYEE_KEY),
        relations.filter(pl.col("source").is_in(sources)),
        broken_employees + broken_relations,
    )


def named_readers(people: People, path: Path) -> list[str]:
    """The employees whose ids stand in a text file, one a line. Raises InputError with every line that names nobody."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as text: {getattr(error, 'strerror', 'not UTF-8')}") from error
    known = set(people.staff["employee_id"])
    given = {number: line.strip() for number, line in enumerate(lines, 1) if line.strip()}
    tell_at_once(*(lambda number=number: _nobody(path, number) for number, name in given.items() if name not in known))
    if not given:
        raise InputError(f"{path}: names no readers; write the ids of employees, one a line")
    return sorted(set(given.values()))


def readers_of_department(people: People, department: str, now: datetime) -> list[str]:
    """Who works in a department at this moment. Raises InputError if nobody does."""
    period = people.staff.filter(
        pl.col("department") == department,
        pl.col("valid_from") <= now,
        pl.col("valid_to").is_null() | (pl.col("valid_to") > now),
    )
    if period.is_empty():
        raise InputError("--department: nobody works there now, by the register of employees")
    return sorted(set(period["employee_id"]))


def _nobody(path: Path, line: int) -> None:
    raise InputError(f"{path}: line {line}: is no employee of the register")


def _read(dataset: Path, register: str, record: Record) -> tuple[pl.DataFrame, int]:
    (path,) = register_files(dataset, register)
    with unchanged({path.name: path}):
        decoded = read_whole([path], [path.name], record)
    return decoded.valid, decoded.dead.height
