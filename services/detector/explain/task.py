"""task: a worklist item put this person before the viewer."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import Explanation, Margins, covers


def build(_margins: Margins) -> Explanation:
    """A task of the employee covers the moment."""
    return Explanation(
        id="task",
        applies=covers() & ~pl.col("to_team") & (pl.col("link_kind") == "task"),
        strength=pl.lit(950),
        nl="taak uit de werklijst",
        en="task from the worklist",
    )
