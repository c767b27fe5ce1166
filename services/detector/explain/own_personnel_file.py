"""own-personnel-file: the one lawful look at one's own data."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import FULL, Explanation, Margins


def build(margins: Margins) -> Explanation:
    """Own BSN in a system on the exempt list (UWV code of conduct 2021, ch. 3: the file in PeopleSoft)."""
    return Explanation(
        id="own-personnel-file",
        applies=pl.col("is_own") & pl.col("system").is_in(margins.exempt_systems),
        strength=pl.lit(FULL),
        nl="eigen personeelsdossier",
        en="own personnel file",
    )
