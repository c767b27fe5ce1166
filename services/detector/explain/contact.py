"""contact: the viewer had this person on the phone, in a chat or at the counter."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import Explanation, Margins


def build(margins: Margins) -> Explanation:
    """A contact around the moment (default 15 minutes before to 60 minutes after)."""
    begins = pl.col("valid_from") - pl.duration(minutes=margins.contact_before_minutes)
    ends = pl.col("valid_to") + pl.duration(minutes=margins.contact_after_minutes)
    around = (begins <= pl.col("at")) & (ends.is_null() | (pl.col("at") <= ends))
    return Explanation(
        id="contact",
        applies=around & ~pl.col("to_team") & (pl.col("link_kind") == "contact"),
        strength=pl.lit(900),
        nl="contact met deze persoon",
        en="contact with this person",
    )
