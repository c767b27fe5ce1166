"""The engine's own way of judging a day, taken apart: what it knows beforehand, and its chance of so many persons.

The one module here that leans on the inside of services/detector/volume: a copy of its arithmetic would drift from it.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from benchmarks.volume_models.arrays import Floats, column
from services.detector.thresholds import VolumeSettings
from services.detector.volume.decide import (
    LEAST_DISPERSION,
    MOST_DISPERSION,
    _with_expectation,
    _with_history,
    decide_days,
)
from services.detector.volume.tail import false_discovery_threshold, tail

__all__ = ["LEAST_DISPERSION", "MOST_DISPERSION", "caught", "chances", "flagged", "tail", "with_history"]


def with_history(days: pl.DataFrame, settings: VolumeSettings) -> pl.DataFrame:
    """Adds the sums that the engine keeps over the window that ends the day before."""
    return _with_history(days, days, settings.window_days)


def chances(rows: pl.DataFrame, settings: VolumeSettings, *, workload: bool) -> Floats:
    """Chance of at least `unexplained` persons; with `workload`, more explained work makes room for more of them."""
    explained = pl.col("workload") - pl.col("unexplained") if workload else pl.lit(0)
    judged = _with_expectation(rows.with_columns(explained.alias("explained")), settings.prior_days)
    return tail(judged["unexplained"].to_numpy().clip(1), column(judged, "mean"), column(judged, "dispersion"))


def flagged(days: pl.DataFrame, judged: pl.DataFrame, settings: VolumeSettings) -> int:
    """How many of the judged days the engine flags as shipped: false-discovery control and floor included."""
    found = decide_days(days, judged["day"].unique(), settings)
    return found.join(judged, on=["employee", "day"], how="semi").height


def caught(known: pl.DataFrame, planted: pl.DataFrame, settings: VolumeSettings) -> float:
    """Share of planted days, each alone among the real days of its date, that the engine flags as shipped."""
    enough = known.filter(pl.col("history_days") >= settings.min_history_days)
    dates = {day: _Date(rows, settings) for (day,), rows in enough.group_by("day")}
    own = chances(planted, settings, workload=True)
    rows = zip(planted["employee"], planted["day"], planted["unexplained"], own, strict=True)
    found = [
        count >= settings.min_subjects and dates[day].flags(employee, chance) for employee, day, count, chance in rows
    ]
    return sum(map(bool, found)) / max(len(found), 1)


class _Date:
    """The real days of one date, of which one may be replaced by a planted one."""

    def __init__(self, rows: pl.DataFrame, settings: VolumeSettings) -> None:
        high = rows.filter(pl.col("unexplained") >= settings.min_subjects)
        self._level, self._tests = settings.false_discovery_rate, rows.height
        self._real = dict(zip(high["employee"], chances(high, settings, workload=True), strict=True))

    def flags(self, employee: int, chance: float) -> bool:
        """Whether a day of this employee with this chance is a discovery."""
        among = np.array([*(self._real | {employee: chance}).values()])
        return chance <= false_discovery_threshold(among, self._level, self._tests)
