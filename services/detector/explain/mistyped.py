"""mistyped: a number with two slips, and right after it the right one."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import Explanation, Margins


def build(margins: Margins) -> Explanation:
    """Another BSN at two slips, opened within 2 minutes (default), that is explained; whoever's file it was.

    A single slip never passes the 11-proef, so systems refuse it before anything is shown.
    """
    same_viewer = pl.col("kind") == "same-viewer"
    close = pl.col("seconds").abs() <= margins.mistyped_seconds
    return Explanation(
        id="mistyped",
        applies=same_viewer & pl.col("only_looked") & pl.col("two_slips") & close,
        strength=pl.lit(700),
        nl="typefout in het BSN",
        en="mistyped BSN",
    )
