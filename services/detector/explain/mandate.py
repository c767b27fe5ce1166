"""mandate: a team, department or role had a task without cases, approved for a time."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import MANDATE, Explanation, Margins


def build(_margins: Margins) -> Explanation:
    """A mandate of the settings covers the viewer, the system and the day; of special files it says nothing."""
    return Explanation(
        id=MANDATE,
        applies=pl.col("mandated"),
        strength=pl.lit(800),
        nl="werk zonder zaak onder een goedgekeurd mandaat",
        en="work without cases under an approved mandate",
    )
