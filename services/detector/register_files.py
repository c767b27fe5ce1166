"""The register files of a dataset into registers, dead letters, and a word on rows that contradict each other."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from services.detector.further import Further, report_margins
from services.detector.overlaps import contradictions
from services.detector.pipeline import Pipeline
from services.detector.registers import Registers, build_registers
from services.detector.sources.registers import OPTIONAL, REGISTERS
from services.detector.sources.registers import Registers as RegisterFiles


@dataclass(frozen=True)
class RegistersRead:
    """The registers of a dataset, the dead letters among their rows, and where rows contradict each other."""

    registers: Registers
    dead: pl.DataFrame
    warnings: tuple[str, ...]
    present: tuple[str, ...]
    """Names of the registers that are there."""


def read_registers(files: RegisterFiles, pipeline: Pipeline, sources: tuple[str, ...]) -> RegistersRead:
    """The registers in these files. Raises InputError with the faults of all that cannot be read."""
    parts = files.read()
    told = [
        sentence
        for register, part in parts.items()
        if register in REGISTERS
        for sentence in contradictions(register, files.file_name(register), part)
    ]
    links, employees, relations = (parts[register].valid for register in REGISTERS)
    optional = {register.replace("-", "_"): parts[register].valid for register in OPTIONAL if register in parts}
    margins = report_margins(pipeline.settings, pipeline.calendar)
    registers = build_registers(pipeline.encoder, links, employees, relations, sources, Further(**optional), margins)
    dead = pl.concat([part.dead for part in parts.values()])
    return RegistersRead(registers, dead, tuple(told), tuple(parts))
