"""Decided employee-days into the numbers that the forest sees, and into what changed between two states."""

from __future__ import annotations

import hashlib
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from services.detector.state.tables import State

FEATURES = ("workload", "unexplained", "exported", "systems")
"""Per employee and local day: distinct persons, those without explanation, records exported or printed without
explanation, and systems in which a person was shown. Whole numbers; the forest sees log(1 + x)."""

DAY_KEY = ["employee", "day"]


def employee_days(state: State) -> pl.DataFrame:
    """Every decided employee-day with FEATURES, role and department, in order of day and employee."""
    systems = state.looked.group_by(DAY_KEY).agg(pl.col("system").n_unique().cast(pl.Int64).alias("systems"))
    places = state.attendance.select(*DAY_KEY, "role", "department", "exported")
    joined = state.features.select(*DAY_KEY, "workload", "unexplained").join(places, on=DAY_KEY, how="left")
    found = joined.join(systems, on=DAY_KEY, how="left")
    return found.with_columns(pl.col("exported", "systems").fill_null(0)).sort("day", "employee")


def month() -> pl.Expr:
    """The first day of the local month."""
    return pl.col("day").dt.month_start()


def first_change(before: pl.DataFrame, after: pl.DataFrame) -> date | None:
    """The first day whose employee-days differ in two answers of `employee_days`."""
    old, new = (_by_day(days) for days in (before, after))
    same = old.join(new, on=["day", "sum"], how="semi")["day"]
    other = pl.concat([old["day"], new["day"]]).unique()
    first = other.filter(~other.is_in(same.implode())).min()
    return first if isinstance(first, date) else None


def _by_day(days: pl.DataFrame) -> pl.DataFrame:
    """A sum of row hashes per day; compared within one process only."""
    hashes = days.select("day", days.select(*DAY_KEY, *FEATURES).hash_rows().alias("sum"))
    return hashes.group_by("day").agg(pl.col("sum").sum())


def matrix(days: pl.DataFrame) -> NDArray[np.int64]:
    """FEATURES as whole numbers, a row per employee-day."""
    return days.select(pl.col(FEATURES).cast(pl.Int64)).to_numpy()


def seen_by_the_forest(counts: NDArray[np.int64]) -> NDArray[np.float32]:
    """The numbers that are split on."""
    return np.log1p(counts.astype(np.float64)).astype(np.float32)


def in_fixed_order(days: pl.DataFrame) -> NDArray[np.int64]:
    """The rows of `matrix` sorted by their values: neither the order of arrival nor a name plays a part."""
    return matrix(days.select(FEATURES).sort(FEATURES))


def digest(rows: NDArray[np.int64]) -> str:
    """SHA-256 of sorted rows: what a forest was trained on."""
    return hashlib.sha256(np.ascontiguousarray(rows, dtype="<i8").tobytes()).hexdigest()
