"""Tables of visits: one employee opens one person's file at one moment, for a reason that the simulator knows."""

from __future__ import annotations

import numpy as np
import polars as pl

from services.detector.simulate.dice import NONE, Ints
from services.detector.simulate.screens import ADDRESS, BSN, NAME, OTHER

COLUMNS = {
    "employee": NONE,
    "workday": NONE,  # row of Workdays
    "at": NONE,  # moment of the first row
    "person": NONE,
    "case": NONE,  # what the screen claims
    "holding": NONE,  # the work it belongs to
    "screen": NONE,
    "opened_by": BSN,
    "searched": 1,  # 0: straight to the screen, from a work list or just before
    "records": NONE,  # NONE: as the action has it
    "reason": NONE,  # position in rows.REASONS; NONE: mostly none
    "desk": NONE,  # whose workstation; NONE: the employee's own place of that day
    "remote": NONE,  # NONE: as on that day
    "oddity": NONE,  # position in oddities.KINDS
    "episode": NONE,  # number of the misuse episode
}
"""Columns and their defaults; all are integers."""


def visits(count: int, **columns: Ints | int) -> pl.DataFrame:
    """A table of `count` visits; single values are repeated, columns not given get their default."""
    unknown = columns.keys() - COLUMNS.keys()
    if unknown:
        raise KeyError(f"a visit has no columns {sorted(unknown)}")
    filled = {
        name: np.broadcast_to(np.asarray(columns.get(name, default), dtype=np.int64), count)
        for name, default in COLUMNS.items()
    }
    return pl.DataFrame({name: np.ascontiguousarray(column) for name, column in filled.items()})


def column(frame: pl.DataFrame, name: str) -> Ints:
    """One column as an array of integers."""
    values: Ints = frame[name].to_numpy()
    return values


def needs_search(opened_by: Ints) -> Ints:
    """1 where a file opened in that way starts with a search row."""
    return np.isin(opened_by, (BSN, NAME, ADDRESS, OTHER)).astype(np.int64)
