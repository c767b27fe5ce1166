"""no-case-expected: the system's lawful use has no case."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import Explanation, Margins


def build(margins: Margins) -> Explanation:
    """A system that the agency's settings name as one without cases; of special files it says nothing."""
    return Explanation(
        id="no-case-expected",
        applies=pl.col("system").is_in(margins.systems_without_cases),
        strength=pl.lit(500),
        nl="systeem waarin geen zaak wordt verwacht",
        en="system in which no case is expected",
    )
