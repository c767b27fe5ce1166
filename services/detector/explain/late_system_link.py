"""late-system-link: the source was behind; a system wrote the link down after the lookup."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import Explanation, Margins, covers


def build(_margins: Margins) -> Explanation:
    """A link in force at the moment, registered later by a system."""
    return Explanation(
        id="late-system-link",
        applies=covers() & pl.col("arrived_later"),
        strength=pl.lit(800),
        nl="later door een systeem geregistreerde zaak",
        en="case registered later by a system",
    )
