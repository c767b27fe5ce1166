"""A simulated agency into the processor time of a step of the engine, by the number of lookups in it.

    python benchmarks/steps.py [--employees 300 --weeks 4 --repeats 10]

A step is the whole way of a slice without its source and its commit: judged, decided, signals told. The state that
small steps meet is that of all weeks but the last; the largest step is the whole history at once, from nothing.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import polars as pl

from benchmarks.rescore import CACHE, simulated
from services.core.keyring import open_key_ring
from services.detector.encode import LOOKUPS
from services.detector.pipeline import Pipeline, Slice
from services.detector.register_files import read_registers
from services.detector.registers import Registers
from services.detector.settings import AgencySettings
from services.detector.sources.dataset import Dataset
from services.detector.state.tables import State

SIZES = (100, 1_000, 5_000, 20_000)
LARGE = 100_000
"""Lookups in a step of those that make the state that small steps meet."""

LIMITS = """Processor time of all threads, user and system. Not shown: reading, decoding, sealing, the commit, delivery,
and an agency of years; see benchmarks/README.md."""


@dataclass(frozen=True)
class History:
    """Encoded lookups in order of time, with what a step needs beside them."""

    lookups: pl.DataFrame
    numbers: pl.DataFrame
    registers: Registers

    def before(self, row: int) -> pl.DataFrame:
        """The lookups that an archive holds when this row comes."""
        return self.lookups.head(row)


def history_of(dataset: Path, pipeline: Pipeline, settings: AgencySettings) -> History:
    """The dataset as the engine takes it."""
    source = Dataset(dataset)
    registers = read_registers(source, pipeline, settings.sources_for_history()).registers
    encoded, numbers = pipeline.encoder.with_numbers(source.lookups().valid)
    once = encoded.filter(encoded["content"].is_first_distinct())
    return History(once.sort("at").select(list(LOOKUPS)), numbers, registers)


def step(pipeline: Pipeline, history: History, state: State, row: int, size: int) -> tuple[State, float]:
    """The state after so many lookups from a row on, and the seconds of processor time that it took."""
    earlier = history.before(row)
    piece = Slice(history.lookups.slice(row, size), numbers=history.numbers)
    before = replace(state, archive=lambda wanted: earlier.filter(wanted.matches()))
    began = time.process_time()
    after, _ = pipeline.step(before, piece, history.registers)
    after, _ = pipeline.tell(before, after)
    return after, time.process_time() - began


def last_week(lookups: pl.DataFrame) -> int:
    """The row with which the last seven days of the history begin."""
    moments = lookups["at"]
    return int((moments <= moments[-1] - timedelta(days=7)).sum())


def main() -> None:
    """Reads the arguments, measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    for name, default in (("employees", 300), ("weeks", 4), ("repeats", 10)):
        parser.add_argument(f"--{name}", type=int, default=default)
    arguments = parser.parse_args()
    settings = AgencySettings()
    pipeline = Pipeline(settings, open_key_ring(CACHE / "home" / "keyring.json"))
    history = history_of(simulated(arguments.employees, arguments.weeks, 1), pipeline, settings)
    start, state = last_week(history.lookups), State()
    for row in range(0, start, LARGE):
        state, _ = step(pipeline, history, state, row, min(LARGE, start - row))
    machine = f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"
    print(f"{history.lookups.height:,} lookups of {arguments.employees} employees; {machine}")
    print(f"{'lookups in a step':>18}{'steps':>7}{'ms a step':>11}{'us a lookup':>13}")
    for size in SIZES:
        now, taken = state, []
        for row in range(start, history.lookups.height - size, size)[: arguments.repeats]:
            now, seconds = step(pipeline, history, now, row, size)
            taken.append(seconds)
        show(size, taken)
    _, seconds = step(pipeline, history, State(), 0, history.lookups.height)
    show(history.lookups.height, [seconds])
    print(f"\n{LIMITS}")


def show(size: int, taken: list[float]) -> None:
    """One row of the table: the median of these steps."""
    median = statistics.median(taken) if taken else float("nan")
    print(f"{size:>18,}{len(taken):>7}{median * 1e3:>11,.0f}{median / size * 1e6:>13.1f}")


if __name__ == "__main__":
    main()
