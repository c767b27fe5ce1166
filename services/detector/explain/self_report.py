"""self-report: the viewer reported within a working day that a wrong file was opened."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import SELF_REPORT, Explanation, Margins, covers

STRENGTH = 500


def build(_margins: Margins) -> Explanation:
    """The own report of a wrong file around this moment; it explains from the report on, and never a special file."""
    return Explanation(
        id=SELF_REPORT,
        applies=covers() & (pl.col("link_kind") == SELF_REPORT),
        strength=pl.lit(STRENGTH),
        nl="door de medewerker zelf gemeld als verkeerd dossier",
        en="reported by the employee as a wrong file",
    )
