"""A forest as data and employee-days into scores from 0 to 1: how soon random cuts set a day apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.detector.forest.artefact import Forest
from services.detector.forest.days import seen_by_the_forest

EULER = float(np.euler_gamma)


def scores(forest: Forest, counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """The score of each row of `days.matrix`, as Liu, Ting and Zhou define it (ICDM 2008); equal rows share one.

    Close to 1 is unusual, about 0.5 is ordinary.
    """
    if not counts.shape[0]:
        return np.empty(0)
    distinct, place = np.unique(counts, axis=0, return_inverse=True)
    lengths = _lengths(forest, seen_by_the_forest(distinct))
    usual = len(forest.trees) * float(path_length(np.array([forest.samples]))[0])
    found: NDArray[np.float64] = np.exp2(-lengths / usual)[place.reshape(-1)] if usual else np.ones(counts.shape[0])
    return found


def path_length(samples: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean steps of an unsuccessful search in a binary tree of so many samples."""
    many = np.maximum(samples, 3).astype(np.float64)
    length = 2.0 * (np.log(many - 1.0) + EULER) - 2.0 * (many - 1.0) / many
    return np.where(samples <= 1, 0.0, np.where(samples == 2, 1.0, length))


def _lengths(forest: Forest, rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """Steps to the leaf of each row plus what its leaf holds together, summed over the trees; all trees at once."""
    sizes = np.array([len(tree.feature) for tree in forest.trees])
    roots = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    feature, threshold, left, right, samples = (
        np.concatenate([np.asarray(getattr(tree, name)) for tree in forest.trees])
        for name in ("feature", "threshold", "left", "right", "samples")
    )
    shift = np.repeat(roots, sizes)
    inner = left >= 0
    left, right = np.where(inner, left + shift, -1), np.where(inner, right + shift, -1)
    node = np.broadcast_to(roots, (rows.shape[0], roots.size)).copy()
    steps = np.zeros(node.shape)
    while (going := inner[node]).any():
        value = np.take_along_axis(rows, np.maximum(feature[node], 0), axis=1)
        following = np.where(value <= threshold[node], left[node], right[node])
        node = np.where(going, following, node)
        steps += going
    total: NDArray[np.float64] = (steps + path_length(samples)[node]).sum(axis=1)
    return total
