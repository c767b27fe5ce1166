"""Employee-days of earlier months into a forest as data; the one place that knows scikit-learn."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from datetime import date
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from services.core.errors import DoelbindingError
from services.detector.forest.artefact import Forest, Tree
from services.detector.forest.days import FEATURES, digest, in_fixed_order, seen_by_the_forest
from services.detector.thresholds import ForestSettings

MOST_OFFERED = 20_000
"""Of more employee-days every n-th in fixed order: trees of 256 samples see no difference."""


class _Arrays(Protocol):
    feature: NDArray[np.int64]
    threshold: NDArray[np.float64]
    children_left: NDArray[np.int64]
    children_right: NDArray[np.int64]
    n_node_samples: NDArray[np.int64]


class _Estimator(Protocol):
    tree_: _Arrays


class Trained(Protocol):
    """What is used of scikit-learn's IsolationForest."""

    estimators_: Sequence[_Estimator]

    def score_samples(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Minus the score of each row: the lower, the stranger."""


def train(month: date, earlier: pl.DataFrame, settings: ForestSettings) -> Forest:
    """The forest for a local month, from the employee-days before it.

    Raises DoelbindingError where scikit-learn is missing.
    """
    rows = in_fixed_order(earlier)
    offered = _spread(rows)
    samples = min(settings.samples, offered.shape[0])
    trained = fitted(offered, settings.trees, samples, settings.seed)
    return Forest(
        month=month,
        features=list(FEATURES),
        trees=[_as_data(estimator.tree_) for estimator in trained.estimators_],
        rows=rows.shape[0],
        offered=offered.shape[0],
        first_day=earlier["day"][0],
        last_day=earlier["day"][-1],
        training=digest(rows),
        samples=samples,
        seed=settings.seed,
        library=f"scikit-learn {_library().__version__}",
    )


def fitted(rows: NDArray[np.int64], trees: int, samples: int, seed: int) -> Trained:
    """scikit-learn's own forest over these employee-days."""
    ensemble = importlib.import_module("sklearn.ensemble")
    forest: Trained = ensemble.IsolationForest(n_estimators=trees, max_samples=samples, random_state=seed).fit(
        seen_by_the_forest(rows)
    )
    return forest


class _Library(Protocol):
    __version__: str


def _library() -> _Library:
    try:
        library: _Library = importlib.import_module("sklearn")
    except ImportError as error:
        raise DoelbindingError(
            "the isolation forest needs scikit-learn: install doelbinding[detector], or set enabled = false in [forest]"
        ) from error
    return library


def _spread(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    count = rows.shape[0]
    if count <= MOST_OFFERED:
        return rows
    places: NDArray[np.int64] = np.arange(MOST_OFFERED) * count // MOST_OFFERED
    return np.take(rows, places, axis=0)


def _as_data(tree: _Arrays) -> Tree:
    return Tree(
        feature=tree.feature.tolist(),
        threshold=tree.threshold.tolist(),
        left=tree.children_left.tolist(),
        right=tree.children_right.tolist(),
        samples=tree.n_node_samples.tolist(),
    )
