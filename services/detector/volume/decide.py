"""Features per employee and day into the days that stand out, each against its own history."""

from __future__ import annotations

import numpy as np
import polars as pl

from services.detector.rules import VOLUME
from services.detector.state.schemas import VOLUME_DAYS
from services.detector.thresholds import VolumeSettings
from services.detector.volume.tail import false_discovery_threshold, least_count, tail

LEAST_DISPERSION, MOST_DISPERSION = 0.1, 3.0
"""Real desks are overdispersed, so never as narrow as Poisson; bounded, so that one burst does not hide the next."""
DISPERSION_WEIGHT = 10
"""Own days that weigh as much as the agency's dispersion."""
THOUSAND = 1000


def decide_days(features: pl.DataFrame, days: pl.Series, settings: VolumeSettings) -> pl.DataFrame:
    """Judges these local days; features must hold them and their history.

    Returns the columns of VOLUME_DAYS but decided_at and comparison.

    The expectation is the own mean of unexplained persons over the window that ends the day before, shrunk to the
    agency's, times the explained work of the day over the usual explained work (never below 1): a rise that links
    explain makes room for more slips, a rise that nothing explains does not.
    """
    history = _with_history(features, features, settings.window_days)
    today = history.filter(pl.col("day").is_in(days.implode()) & (pl.col("history_days") >= settings.min_history_days))
    judged = _with_expectation(today, settings.prior_days)
    least_share = pl.col("unexplained") >= settings.min_subjects
    found = []
    for (_day,), group in judged.sort("day", "employee").group_by("day", maintain_order=True):
        high = group.filter(least_share)
        if not high.is_empty():
            found.append(_standing_out(high, group.height, settings))
    schema = {name: kind for name, kind in VOLUME_DAYS.items() if name not in ("decided_at", "comparison")}
    return pl.concat(found).select(list(schema)) if found else pl.DataFrame(schema=schema)


def expectations(features: pl.DataFrame, employees: pl.Series, settings: VolumeSettings) -> pl.DataFrame:
    """What the history led to expect of these employees: rows employee, day, unexplained and mean per day at work."""
    own = features.filter(pl.col("employee").is_in(employees.implode()))
    history = _with_history(own, features, settings.window_days)
    return _with_expectation(history, settings.prior_days).select("employee", "day", "unexplained", "mean")


def _with_history(features: pl.DataFrame, everybody: pl.DataFrame, window_days: int) -> pl.DataFrame:
    """Whole-number sums over the window ending the day before: own, and of the whole agency."""
    ordered = _counted(features)
    window = f"{window_days}d"

    def before(column: str, name: str) -> pl.Expr:
        return pl.col(column).rolling_sum_by("day", window, closed="left").fill_null(0).cast(pl.Int64).alias(name)

    own = ordered.with_columns(
        before("one", "history_days").over("employee"),
        before("unexplained", "own_sum").over("employee"),
        before("squares", "own_squares").over("employee"),
        before("workload", "own_workload").over("employee"),
        before("explained", "own_explained").over("employee"),
    )
    daily = _counted(everybody).group_by("day").agg(pl.col("one", "unexplained", "squares").sum()).sort("day")
    agency = daily.select(
        "day", before("one", "all_days"), before("unexplained", "all_sum"), before("squares", "all_squares")
    )
    return own.join(agency, on="day", how="left", maintain_order="left")


def _counted(features: pl.DataFrame) -> pl.DataFrame:
    return features.sort("day", "employee").with_columns(
        (pl.col("unexplained") ** 2).alias("squares"),
        pl.lit(1).alias("one"),
        (pl.col("workload") - pl.col("unexplained")).alias("explained"),
    )


def _with_expectation(today: pl.DataFrame, prior_days: int) -> pl.DataFrame:
    agency_mean = pl.col("all_sum") / pl.max_horizontal("all_days", 1)
    own_mean = (pl.col("own_sum") + prior_days * agency_mean) / (pl.col("history_days") + prior_days)
    usual = pl.col("own_explained") / pl.max_horizontal("history_days", 1)
    busier = pl.max_horizontal(pl.col("explained") / pl.max_horizontal(usual, 1.0), 1.0)
    mean = pl.max_horizontal(own_mean * busier, 0.05)
    own_dispersion = _dispersion("own_sum", "own_squares", "history_days")
    agency = _dispersion("all_sum", "all_squares", "all_days")
    weight = pl.col("history_days") / (pl.col("history_days") + DISPERSION_WEIGHT)
    return today.with_columns(
        mean.alias("mean"),
        (weight * own_dispersion + (1 - weight) * agency).alias("dispersion"),
        (pl.col("own_workload") * THOUSAND // pl.max_horizontal("history_days", 1)).alias("usual_workload"),
    )


def _dispersion(total: str, squares: str, days: str) -> pl.Expr:
    """Method of moments: (variance - mean) / mean squared, within bounds."""
    count = pl.max_horizontal(pl.col(days), 1)
    mean = pl.col(total) / count
    variance = pl.col(squares) / count - mean**2
    raw = (variance - mean) / pl.max_horizontal(mean**2, 1e-9)
    return raw.clip(LEAST_DISPERSION, MOST_DISPERSION)


def _standing_out(high: pl.DataFrame, tests: int, settings: VolumeSettings) -> pl.DataFrame:
    """The employees of one day whose count is a discovery."""
    mean, dispersion = high["mean"].to_numpy(), high["dispersion"].to_numpy()
    chances = tail(high["unexplained"].to_numpy(), mean, dispersion)
    threshold = false_discovery_threshold(chances, settings.false_discovery_rate, tests)
    least = np.maximum(least_count(threshold, mean, dispersion), settings.min_subjects) if threshold else mean
    return high.with_columns(
        pl.Series("least", least).cast(pl.Int64),
        (pl.col("mean") * THOUSAND).round().cast(pl.Int64).alias("expected"),
        pl.lit(VOLUME).alias("family"),
        pl.lit("person-days").alias("counted"),
        pl.col("day").alias("since"),
        pl.col("day").alias("until"),
        pl.lit(0, pl.Int64).alias("peers"),
        pl.lit(None, pl.String).alias("compared_with"),
    ).filter(pl.Series(chances <= threshold))
