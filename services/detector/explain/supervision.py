"""supervision: a team lead over a case of a member of the team."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import Explanation, Margins


def build(_margins: Margins) -> Explanation:
    """The viewer led the team of the colleague who had the case."""
    return Explanation(
        id="supervision",
        applies=(pl.col("kind") == "colleague-case") & pl.col("ordinary") & pl.col("leads"),
        strength=pl.lit(700),
        nl="begeleiding door de teamleider",
        en="supervision by the team lead",
    )
