"""assigned-reader: the signal was the reader's work when it was read."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import FULL, Explanation, Margins


def build(_margins: Margins) -> Explanation:
    """A read that names the intake item which was open to all then, or assigned to the reader."""
    return Explanation(
        id="assigned-reader",
        applies=pl.col("claimed_case").is_not_null(),
        strength=pl.lit(FULL),
        nl="het signaal was werk van de lezer",
        en="the signal was the reader's work",
    )
