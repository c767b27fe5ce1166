"""A dataset into the honest days of a desk, and what the engine makes of persons planted on them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from services.core.errors import InputError
from services.core.keyring import PURPOSES, KeyRing
from services.detector.contribute import contribute
from services.detector.encode import LOOKUPS
from services.detector.evaluate.inputs import read_truth
from services.detector.pipeline import Pipeline, Slice
from services.detector.register_files import read_registers
from services.detector.registers import Registers
from services.detector.rules import UNEXPLAINED
from services.detector.settings import AgencySettings
from services.detector.sources.dataset import Dataset
from services.detector.state.tables import State
from services.detector.volume.features import decision_times

FIXED_RING = KeyRing(1, {purpose: purpose.encode().ljust(32) for purpose in PURPOSES})
"""Nothing leaves this process; fixed keys give the same order of employees, and so the same draws, on every run."""
NOBODY = {"lookup_id": pl.String}
PERSON = ["subject", "subject_check", "subject_sid"]


@dataclass(frozen=True)
class Desk:
    """One dataset without its known misuse."""

    name: str
    days: pl.DataFrame
    """The engine's features; of these workload and unexplained, counts of distinct persons, are judged here."""
    lookups: pl.DataFrame
    registers: Registers
    pipeline: Pipeline
    removed: int
    """Lookups of known misuse that were left out."""

    def unexplained(self, planted: pl.DataFrame) -> pl.DataFrame:
        """(planting, day, order) of the planted persons that nothing explains when the day is decided.

        `planted` is what `plant.persons` returns: a row per person, in the place of a lookup of that employee and day.
        """
        judged = contribute(self.pipeline.judge(planted.select(list(LOOKUPS)), self.registers))
        settings, calendar = self.pipeline.settings, self.pipeline.calendar
        times = decision_times(judged["day"].unique(), calendar, settings.longest_grace)
        ended = pl.col("counts_until").is_null() | (pl.col("counts_until") > pl.col("decided_at"))
        standing = judged.join(times, on="day").filter(
            (pl.col("family") == UNEXPLAINED) & (pl.col("counts_from") <= pl.col("decided_at")) & ended
        )
        return planted.join(standing.select("lookup_id"), on="lookup_id", how="semi").select("planting", "day", "order")


def read_desk(path: Path) -> Desk:
    """The desk in a dataset directory; misuse named in PATH-truth, if that is there, is left out.

    Raises InputError with what is wrong with the dataset, or with the truth.
    """
    pipeline = Pipeline(AgencySettings(), FIXED_RING)
    dataset = Dataset(path)
    registers = read_registers(dataset, pipeline, pipeline.settings.sources_for_history()).registers
    encoded, numbers = pipeline.encoder.with_numbers(dataset.lookups().valid)
    every = encoded.unique("lookup_id")
    honest = every.join(_misuse(path), on="lookup_id", how="anti").sort("at", "lookup_id")
    if honest.is_empty():
        raise InputError(f"{path}: holds no lookups beside known misuse; there is nothing to compare on")
    state, _found = pipeline.step(State(), Slice(honest, closed=True, numbers=numbers), registers)
    return Desk(
        path.name, state.features.sort("employee", "day"), honest, registers, pipeline, every.height - honest.height
    )


def _misuse(path: Path) -> pl.DataFrame:
    truth = path.with_name(f"{path.name}-truth")
    return read_truth(truth).misuse.select("lookup_id") if truth.is_dir() else pl.DataFrame(schema=NOBODY)


def dispersion(days: pl.DataFrame, column: str) -> float:
    """Variance over mean of the daily counts; 1 would be Poisson."""
    values = days[column].to_numpy().astype(np.float64)
    return float(values.var() / max(values.mean(), 1e-9))
