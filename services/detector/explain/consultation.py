"""consultation: a colleague who had the case looked at the same moment."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import Explanation, Margins


def build(margins: Margins) -> Explanation:
    """Somebody else's explained look at the same person at most 30 minutes away (default)."""
    same_subject = pl.col("kind") == "same-subject"
    close = pl.col("seconds").abs() <= 60 * margins.consultation_minutes
    return Explanation(
        id="consultation",
        applies=same_subject & pl.col("ordinary") & close,
        strength=pl.lit(600),
        nl="overleg met een collega die de zaak had",
        en="consultation with a colleague who had the case",
    )
