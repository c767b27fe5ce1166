"""delegation: cover for a colleague of the team who was not at work."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import Explanation, Margins


def build(_margins: Margins) -> Explanation:
    """A colleague of the team had the case and was away that working day, or looked at nothing until it was over."""
    colleague_case = pl.col("kind") == "colleague-case"
    away = pl.col("colleague_absent") & pl.col("working_day")
    return Explanation(
        id="delegation",
        applies=colleague_case & pl.col("ordinary") & away,
        strength=pl.lit(600),
        nl="waarneming voor een afwezige collega",
        en="cover for an absent colleague",
    )
