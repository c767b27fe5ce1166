"""Columns of frames into arrays of floats."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def column(rows: pl.DataFrame, name: str) -> Floats:
    """A column of numbers without nulls."""
    return rows[name].to_numpy().astype(np.float64)
