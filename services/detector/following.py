"""Register files into registers, and what changed in them since they were read last."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
import polars as pl
import structlog

from services.core.errors import DoelbindingError
from services.detector.pipeline import Pipeline
from services.detector.register_files import read_registers
from services.detector.register_index import Index
from services.detector.registers import Registers
from services.detector.sources import registers as files
from services.detector.sources.registers import Signature, registers_changed

LOG = structlog.get_logger()


@dataclass(frozen=True)
class Reading:
    """The registers as read, their dead letters, and the keys whose rows changed."""

    registers: Registers
    dead: pl.DataFrame
    changed_employees: pl.Series
    changed_subjects: pl.Series
    signature: str

    @property
    def changed(self) -> bool:
        """Whether anybody's rows changed."""
        return not (self.changed_employees.is_empty() and self.changed_subjects.is_empty())

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
        self._refused: Signature | None = None
        self._reading: Reading | None = None

    def read(self) -> Reading:
        """The registers as they are now, and which keys changed since the last reading.

        After a restart on other files than before, every key counts as changed: what they held is not known any more.
        Files that cannot be read, or change meanwhile, leave the last reading in force until they are written again.
        """
        signature = registers_changed(self._dataset, self._seen)
        if self._reading is None or signature not in (None, self._refused):
            self._reading = self._again(signature or frozenset())
        else:
            self._reading = self._reading.unchanged()
        return self._reading

    def _again(self, signature: Signature) -> Reading:
        try:
            return self._fresh(signature)
        except DoelbindingError as error:
            if self._reading is None:
                raise
            self._refused = signature
            LOG.warning("registers-not-read", reasons=str(error).splitlines(), instead="those read before")
            return self._reading.unchanged()

    def _fresh(self, signature: Signature) -> Reading:
        read = read_registers(files.Registers(self._dataset), self._pipeline, self._sources)
        registers, dead = read.registers, read.dead
        for told in read.warnings:
            LOG.warning("register-rows-contradict", reason=told)
        name = msgspec.json.encode(sorted(signature)).decode()
        employees, subjects = self._changed(registers, name)
        self._seen, self._known = signature, name
        return Reading(registers, dead, employees, subjects, name)

    def _changed(self, registers: Registers, name: str) -> tuple[pl.Series, pl.Series]:
        if self._reading is not None:
            return _differing(self._reading.registers, registers)
        if self._known in (None, name):
            return _keys(*(frame.clear() for frame in _frames(registers)))
        return _keys(*_frames(registers))


def _frames(registers: Registers) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """All link rows, employees and relations."""
    derived = () if registers.derived is None else (registers.derived.frame,)
    links = pl.concat([registers.links.frame, *derived])
    return (links, registers.employees.frame, registers.relations.frame)


def _differing(before: Registers, after: Registers) -> tuple[pl.Series, pl.Series]:
    """Employees and subjects of rows that came, went or changed.

    Where an optional register came or went altogether, everybody's.
    """
    optional = [(before.statements, after.statements), (before.absences, after.absences)]
    if any((old is None) != (new is None) for old, new in optional):
        return _keys(*_frames(after))
    links, employees, relations = (
        _difference(old, new) for old, new in zip(_frames(before), _frames(after), strict=True)
    )
    who, whom = _keys(links, employees, relations)
    signed, away = (_employees_of(old, new) for old, new in optional)
    handled = after.links.frame.filter(pl.col("assignee").is_in(away.unique().implode()))["subject"]
    return pl.concat([who, signed, away]).unique(), pl.concat([whom, handled]).unique()


def _employees_of(before: Index | None, after: Index | None) -> pl.Series:
    """Employees whose rows in an optional register came, went or changed."""
    if before is None or after is None:
        return pl.Series("employee", [], dtype=pl.Int64)
    return _difference(before.frame, after.frame)["employee"]


def _difference(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    columns = before.columns
    came = after.join(before, on=columns, how="anti", nulls_equal=True)
    went = before.join(after, on=columns, how="anti", nulls_equal=True)
    return pl.concat([came, went])


def _keys(links: pl.DataFrame, employees: pl.DataFrame, relations: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    who = pl.concat([employees["employee"], relations["relative_of"].rename("employee")])
    whom = pl.concat([links["subject"], relations["subject"], employees["own_subject"].drop_nulls().rename("subject")])
    return who.unique(), whom.unique()
