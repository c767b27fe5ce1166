"""Days into the scores of an isolation forest that is trained at the start of each month on all earlier days."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

import numpy as np
import polars as pl

from benchmarks.volume_models.arrays import Floats
from benchmarks.volume_models.models import NEVER

TREES = 100
LEAST_DAYS = 200
"""Days to train on; with fewer a forest of samples of 256 says nothing."""
MONTH = pl.col("day").dt.month_start()


class _Fitted(Protocol):
    def score_samples(self, features: Floats) -> Floats:
        """The lower, the stranger."""


class Forest:
    """Forests by month, trained on the clean days; scores days with and without planted persons."""

    def __init__(self, days: pl.DataFrame, seed: int) -> None:
        self._days, self._seed = days, seed
        self._fitted: dict[date, _Fitted | None] = {}

    def score(self, rows: pl.DataFrame) -> Floats:
        """Strangeness of days above the own mean; other days, and days before the first forest, are never strange."""
        scores = np.full(rows.height, NEVER)
        placed = rows.with_row_index("place").with_columns(MONTH.alias("month"))
        for (month,), part in placed.group_by("month", maintain_order=True):
            if isinstance(month, date) and (forest := self._trained(month)):
                scores[part["place"].to_numpy()] = -forest.score_samples(_features(part))
        return np.where((rows["unexplained"] > rows["own_mean"]).to_numpy(), scores, NEVER)

    def _trained(self, month: date) -> _Fitted | None:
        if month not in self._fitted:
            earlier = self._days.filter(pl.col("day") < month)
            self._fitted[month] = _fit(_features(earlier), self._seed) if earlier.height >= LEAST_DAYS else None
        return self._fitted[month]


def is_installed() -> bool:
    """Whether scikit-learn, which comes with the extra `detector`, is there."""
    return find_spec("sklearn") is not None


def _fit(features: Floats, seed: int) -> _Fitted:
    ensemble = import_module("sklearn.ensemble")
    fitted: _Fitted = ensemble.IsolationForest(n_estimators=TREES, random_state=seed).fit(features)
    return fitted


def _features(rows: pl.DataFrame) -> Floats:
    """Of each day: persons counted, all persons, the usual number, and distances from own mean and median."""
    count, usual = pl.col("unexplained"), pl.col("own_mean")
    return rows.select(
        count.log1p(),
        pl.col("workload").log1p(),
        usual.log1p(),
        ((count + 1) / (usual + 1)).log().alias("above_mean"),
        ((count - pl.col("median")) / pl.max_horizontal(pl.col("mad"), usual.sqrt(), 1.0)).alias("above_median"),
    ).to_numpy()
