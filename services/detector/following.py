"""Register files into registers, and what changed in them since they were read last."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
import polars as pl

from services.detector.pipeline import Pipeline
from services.detector.registers import Index, Registers
from services.detector.rescore import read_registers
from services.detector.sources import registers as files
from services.detector.sources.registers import Signature, registers_changed


@dataclass(frozen=True)
class Reading:
    """The registers as read, their dead letters, and the keys whose rows changed."""

    registers: Registers
    dead: pl.DataFrame
    changed_employees: pl.Series
    changed_subjects: pl.Series
    signature: str

    def unchanged(self) -> Reading:
        """The same reading, with nothing new in it."""
        nothing = (self.changed_employees.clear(), self.changed_subjects.clear())
        return Reading(self.registers, self.dead.clear(), *nothing, self.signature)


class FollowedRegisters:
    """Reads the registers again when their files change."""

    def __init__(self, dataset: Path, pipeline: Pipeline, sources: tuple[str, ...], known: str | None) -> None:
        self._dataset = dataset
        self._pipeline = pipeline
        self._sources = sources
        self._known = known
        self._seen: Signature | None = None
        self._reading: Reading | None = None

    def read(self) -> Reading:
        """The registers as they are now, and which keys changed since the last reading.

        After a restart on other files than before, every key counts as changed: what they held is not known any more.
        """
        signature = registers_changed(self._dataset, self._seen)
        if signature is None and self._reading is not None:
            self._reading = self._reading.unchanged()
        else:
            self._reading = self._fresh(signature or frozenset())
        return self._reading

    def _fresh(self, signature: Signature) -> Reading:
        registers, dead = read_registers(files.Registers(self._dataset), self._pipeline, self._sources)
        name = msgspec.json.encode(sorted(signature)).decode()
        employees, subjects = self._changed(registers, name)
        self._seen, self._known = signature, name
        return Reading(registers, pl.concat(dead), employees, subjects, name)

    def _changed(self, registers: Registers, name: str) -> tuple[pl.Series, pl.Series]:
        if self._reading is not None:
            return _differing(self._reading.registers, registers)
        if self._known in (None, name):
            return _keys(*(index.frame.clear() for index in _indexes(registers)))
        return _keys(*(index.frame for index in _indexes(registers)))


def _indexes(registers: Registers) -> tuple[Index, Index, Index]:
    return (registers.links, registers.employees, registers.relations)


def _differing(before: Registers, after: Registers) -> tuple[pl.Series, pl.Series]:
    """Employees and subjects of rows that came, went or changed."""
    links, employees, relations = (
        _difference(old.frame, new.frame) for old, new in zip(_indexes(before), _indexes(after), strict=True)
    )
    return _keys(links, employees, relations)


def _difference(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    columns = before.columns
    came = after.join(before, on=columns, how="anti", nulls_equal=True)
    went = before.join(after, on=columns, how="anti", nulls_equal=True)
    return pl.concat([came, went])


def _keys(links: pl.DataFrame, employees: pl.DataFrame, relations: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    who = pl.concat([employees["employee"], relations["relative_of"].rename("employee")])
    whom = pl.concat([links["subject"], relations["subject"], employees["own_subject"].rename("subject")])
    return who.unique(), whom.unique()
