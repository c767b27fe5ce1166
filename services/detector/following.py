"""Register files into registers, and what changed in them since they were read last."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import polars as pl
import structlog

from services.core.errors import DoelbindingError
from services.detector.pipeline import Pipeline
from services.detector.register_changes import differing, everybody, nobody
from services.detector.register_files import read_registers
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
    refused: bool = False
    """Whether files that came later could not be read, so that these are still in force."""

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
            self._reading = replace(self._reading.unchanged(), refused=signature is not None)
        return self._reading

    def glance(self) -> Reading:
        """The same: files are looked at whenever they are asked for."""
        return self.read()

    def _again(self, signature: Signature) -> Reading:
        try:
            return self._fresh(signature)
        except DoelbindingError as error:
            if self._reading is None:
                raise
            self._refused = signature
            LOG.warning("registers-not-read", reasons=str(error).splitlines(), instead="those read before")
            return replace(self._reading.unchanged(), refused=True)

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
            return differing(self._reading.registers, registers)
        return nobody() if self._known in (None, name) else everybody(registers)
