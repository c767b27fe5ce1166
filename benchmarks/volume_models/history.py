"""Days of one kind of count into days with what was known of each the day before."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from benchmarks.volume_models.arrays import Floats
from benchmarks.volume_models.engine import with_history
from services.detector.thresholds import VolumeSettings

LEVEL_WEIGHT = 0.1
"""Weight of the newest day in the moving level: a memory of about a month at work."""
CHART_WEIGHT = 0.3
"""Weight of the newest day in the control chart (Montgomery, Statistical Quality Control: 0.05 to 0.3)."""
DAY_WEIGHT = 20.0
"""Expected persons that weigh as much as the day's own level, so that a quiet day has hardly any effect."""
LEAST_MEAN = 0.05


def of_all(days: pl.DataFrame) -> pl.DataFrame:
    """Counts every person that was opened; nothing is known to explain it."""
    return days.with_columns(pl.col("workload").alias("unexplained"))


def with_known(days: pl.DataFrame, settings: VolumeSettings) -> pl.DataFrame:
    """Adds what each way of judging needs to know; only `day_level` is of the day itself, and that of the others.

    Takes the engine's features; the count that is judged is `unexplained`. Returns rows sorted by employee and day.
    """
    return _with_day_level(_with_own(with_history(days, settings), settings))


def known_again(known: pl.DataFrame, days: pl.DataFrame, employee: int, settings: VolumeSettings) -> pl.DataFrame:
    """The rows of one employee whose days have changed since `known`; how busy the others were has not."""
    own = with_history(days, settings).filter(pl.col("employee") == employee)
    levels = known.select("employee", "day", "day_level")
    return _with_own(own, settings).join(levels, on=["employee", "day"], how="left", maintain_order="left")


def _with_own(rows: pl.DataFrame, settings: VolumeSettings) -> pl.DataFrame:
    employees = rows.sort("employee", "day").partition_by("employee", maintain_order=True)
    return pl.concat(_known_of_one(one, settings) for one in employees)


def _known_of_one(rows: pl.DataFrame, settings: VolumeSettings) -> pl.DataFrame:
    counts = rows["unexplained"].to_numpy().astype(np.float64)
    days = rows["day"].to_physical().to_numpy().astype(np.int64)
    starts = np.searchsorted(days, days - settings.window_days)
    past = [counts[start:end] for end, start in enumerate(starts)]
    mean, spread, median = (_each(past, of) for of in (np.mean, np.std, np.median))
    deviations = [np.abs(values - middle) for values, middle in zip(past, median, strict=True)]
    mad = _each(deviations, np.median)
    level, level_variance = _level(counts)
    known = np.array([values.size for values in past]) >= settings.min_history_days
    chart = _chart(np.where(known, standardised(counts, mean, spread), 0.0))
    columns = {"own_mean": mean, "own_sd": spread, "median": median, "mad": mad}
    columns |= {"level": level, "level_variance": level_variance, "chart": chart}
    return rows.with_columns(pl.Series(name, values) for name, values in columns.items())


def _each(past: Sequence[Floats], of: Callable[[Floats], float]) -> Floats:
    return np.array([of(values) if values.size else 0.0 for values in past])


def standardised(counts: Floats, mean: Floats, sd: Floats) -> Floats:
    """Distance from the own mean in standard deviations, which are never taken below those of Poisson or 1."""
    return np.asarray((counts - mean) / np.maximum(np.maximum(sd, np.sqrt(mean)), 1.0))


def _level(counts: Floats) -> tuple[Floats, Floats]:
    """Exponentially weighted mean and variance of the days before each day."""
    means, variances = np.zeros(counts.size), np.ones(counts.size)
    for place in range(1, counts.size):
        mean = counts[0] if place == 1 else means[place - 1]
        off = counts[place - 1] - mean
        means[place] = mean + LEVEL_WEIGHT * off
        variances[place] = (1 - LEVEL_WEIGHT) * (variances[place - 1] + LEVEL_WEIGHT * off**2)
    return means, variances


def _chart(distances: Floats) -> Floats:
    """The control chart's statistic before each day (Roberts 1959)."""
    before = np.zeros(distances.size)
    for place in range(1, distances.size):
        before[place] = CHART_WEIGHT * distances[place - 1] + (1 - CHART_WEIGHT) * before[place - 1]
    return before


def _with_day_level(rows: pl.DataFrame) -> pl.DataFrame:
    """Adds how busy the colleagues were that day, as a factor of what their own means led to expect."""
    expected = pl.col("own_mean").clip(LEAST_MEAN)
    others = pl.col("unexplained").sum().over("day") - pl.col("unexplained")
    expected_of_others = expected.sum().over("day") - expected
    return rows.with_columns(((others + DAY_WEIGHT) / (expected_of_others + DAY_WEIGHT)).alias("day_level"))
