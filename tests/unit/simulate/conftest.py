"""One small simulated agency, made once for all tests of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from services.detector.simulate.simulation import SimulationReport, simulate

EMPLOYEES, WEEKS, SEED = 60, 3, 7


@dataclass(frozen=True)
class Simulated:
    """A dataset and its answers, read back."""

    report: SimulationReport
    lookups: pl.DataFrame
    links: pl.DataFrame
    employees: pl.DataFrame
    relations: pl.DataFrame
    truth: pl.DataFrame
    scenarios: pl.DataFrame
    benign: pl.DataFrame
    lookup_times: pl.DataFrame


def make(
    out: Path, employees: int = EMPLOYEES, weeks: int = WEEKS, seed: int = SEED, profile: str = "standard"
) -> Simulated:
    report = simulate(out, employees, weeks, seed, lambda _stage, _done: None, profile)
    registers = [pl.read_parquet(out / f"{name}.parquet") for name in ("case-links", "employees", "relations")]
    answers = [
        pl.read_parquet(report.truth / f"{name}.parquet") for name in ("truth", "scenarios", "benign", "lookups")
    ]
    return Simulated(report, pl.read_parquet(out / "lookups" / "*.parquet"), *registers, *answers)


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    return make(tmp_path_factory.mktemp("simulated") / "agency")
