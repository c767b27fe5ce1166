"""aborted: a file was asked for and no data were shown."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import FULL, Explanation, Margins


def build(_margins: Margins) -> Explanation:
    """A lookup of a person that gave no records; an edit writes data, whatever it shows."""
    nothing_shown = pl.col("subject").is_not_null() & (pl.col("record_count") == 0)
    return Explanation(
        id="aborted",
        applies=nothing_shown & (pl.col("action") != "edit"),
        strength=pl.lit(FULL),
        nl="afgebroken: er zijn geen gegevens getoond",
        en="aborted: no data were shown",
    )
