"""namesake: the first hit of a search by name was somebody else."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import Explanation, Margins


def build(margins: Margins) -> Explanation:
    """Found by name, and within 5 minutes (default) another person found by name whose file is explained."""
    same_viewer = pl.col("kind") == "same-viewer"
    both_by_name = (pl.col("searched_by") == "name") & (pl.col("other_searched_by") == "name")
    soon = pl.col("seconds").is_between(0, 60 * margins.namesake_minutes)
    return Explanation(
        id="namesake",
        applies=same_viewer & pl.col("only_looked") & pl.col("ordinary") & both_by_name & soon,
        strength=pl.lit(500),
        nl="naamgenoot geopend",
        en="namesake opened",
    )
