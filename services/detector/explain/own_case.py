"""own-case: the viewer had the case."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import FULL, Explanation, Margins, covers


def build(_margins: Margins) -> Explanation:
    """A link of the employee to this person covers the moment."""
    return Explanation(
        id="own-case",
        applies=covers() & ~pl.col("to_team") & (pl.col("link_kind") == "assignment"),
        strength=pl.lit(FULL),
        nl="eigen zaak",
        en="own case",
    )
