"""aftercare: the case was closed, or left behind in a former team, a short while ago."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import DERIVED, Explanation, Margins


def build(margins: Margins) -> Explanation:
    """The link of the employee or the team ended at most 30 days ago (default); a contact has margins of its own.

    For who moved to another team, the cases of the former one ended then.
    """
    ended = (pl.col("valid_to") <= pl.col("at")) & ~pl.col("link_kind").is_in(["contact", *DERIVED])
    recent = pl.col("at") <= pl.col("valid_to") + pl.duration(days=margins.aftercare_days)
    return Explanation(
        id="aftercare",
        applies=ended & recent,
        strength=pl.lit(600),
        nl="nazorg na een gesloten of achtergelaten zaak",
        en="aftercare of a case closed or left behind",
    )
