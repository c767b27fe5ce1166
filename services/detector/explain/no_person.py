"""no-person: the search or report showed no single person's file, so no case link can be due."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import FULL, Explanation, Margins


def build(_margins: Margins) -> Explanation:
    """A lookup without a BSN: a search without a single hit; records exported are judged by volume."""
    return Explanation(
        id="no-person",
        applies=pl.col("subject").is_null(),
        strength=pl.lit(FULL),
        nl="geen persoon getoond",
        en="no person shown",
    )
