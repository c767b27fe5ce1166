"""review: the viewer checked the quality of the work or handled an objection."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import Explanation, Margins, covers


def build(_margins: Margins) -> Explanation:
    """A quality check or objection of the employee covers the moment."""
    return Explanation(
        id="review",
        applies=covers() & ~pl.col("to_team") & (pl.col("link_kind") == "review"),
        strength=pl.lit(950),
        nl="kwaliteitscontrole of bezwaar",
        en="quality check or objection",
    )
