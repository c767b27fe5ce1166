"""late-system-link: the source was behind; a system wrote the link down after the lookup."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from services.detector.explain.base import Explanation


def build(ordinary: Sequence[Explanation]) -> Explanation:
    """A link that would have explained the lookup in an ordinary way, had a system registered it in time."""
    would = pl.any_horizontal([explanation.applies.fill_null(value=False) for explanation in ordinary])
    return Explanation(
        id="late-system-link",
        applies=would & pl.col("arrived_later"),
        strength=pl.lit(800),
        nl="later door een systeem geregistreerde zaak",
        en="case registered later by a system",
    )
