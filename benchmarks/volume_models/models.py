"""Days with what was known before them into scores, a function per way of judging: the higher, the stranger."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl
from scipy.special import gammainc

from benchmarks.volume_models.arrays import Floats, column
from benchmarks.volume_models.engine import LEAST_DISPERSION, MOST_DISPERSION, chances, tail
from benchmarks.volume_models.history import CHART_WEIGHT, LEAST_MEAN, standardised
from services.detector.thresholds import VolumeSettings

Score = Callable[[pl.DataFrame], Floats]

ENGINE, WITHOUT_WORKLOAD, PLAIN = "engine", "engine, no workload", "plain NB tail"
MAD_TO_SIGMA = 1.4826
CHART_SPREAD = float(np.sqrt(CHART_WEIGHT / (2 - CHART_WEIGHT)))
LEAST_CHANCE = 1e-300
NEVER = -np.inf


def engine(rows: pl.DataFrame) -> Floats:
    """The project's own: negative binomial tail, own mean shrunk to the agency's, times the rise in explained work."""
    return _surprise(chances(rows, VolumeSettings(), workload=True))


def engine_without_workload(rows: pl.DataFrame) -> Floats:
    """The same, but a rise in explained work makes no room for anything."""
    return _surprise(chances(rows, VolumeSettings(), workload=False))


def plain_tail(rows: pl.DataFrame) -> Floats:
    """Negative binomial tail against the own mean and variance, times how busy the colleagues were that day."""
    own, variance = np.maximum(column(rows, "own_mean"), LEAST_MEAN), column(rows, "own_sd") ** 2
    dispersion = np.clip((variance - own) / own**2, LEAST_DISPERSION, MOST_DISPERSION)
    return _surprise(tail(rows["unexplained"].to_numpy().clip(1), own * column(rows, "day_level"), dispersion))


def poisson(rows: pl.DataFrame) -> Floats:
    """Poisson tail against the own mean."""
    return _surprise(gammainc(column(rows, "unexplained").clip(1), np.maximum(column(rows, "own_mean"), LEAST_MEAN)))


def robust_z(rows: pl.DataFrame) -> Floats:
    """Distance from the own median in robust standard deviations (median absolute deviation), never below Poisson's."""
    middle = column(rows, "median")
    return standardised(column(rows, "unexplained"), middle, MAD_TO_SIGMA * column(rows, "mad"))


def moving_level(rows: pl.DataFrame) -> Floats:
    """Distance from an exponentially weighted mean (EWMA), in its own exponentially weighted standard deviations."""
    level, sd = column(rows, "level"), np.sqrt(column(rows, "level_variance"))
    return standardised(column(rows, "unexplained"), level, sd)


def control_chart(rows: pl.DataFrame) -> Floats:
    """EWMA control chart: weighted sum of today's and earlier distances from the own mean."""
    today = standardised(column(rows, "unexplained"), column(rows, "own_mean"), column(rows, "own_sd"))
    return (CHART_WEIGHT * today + (1 - CHART_WEIGHT) * column(rows, "chart")) / CHART_SPREAD


MODELS: Mapping[str, Score] = {
    ENGINE: engine,
    WITHOUT_WORKLOAD: engine_without_workload,
    PLAIN: plain_tail,
    "robust z": robust_z,
    "EWMA level": moving_level,
    "EWMA chart": control_chart,
    "Poisson tail": poisson,
}


def with_floor(score: Score, least_persons: int) -> Score:
    """The same score; days with fewer persons than this are never a signal, whatever the model says."""
    return lambda rows: np.where(column(rows, "unexplained") >= least_persons, score(rows), NEVER)


def _surprise(chance: Floats) -> Floats:
    return np.asarray(-np.log10(np.maximum(chance, LEAST_CHANCE)))
