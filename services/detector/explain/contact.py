"""contact: the viewer had this person on the phone, in a chat or at the counter."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from services.detector.explain.base import Explanation, Margins, by_team_size

A_WORKDAY = timedelta(hours=12)
"""A contact without an end that began longer ago was another one."""
STRENGTH = 900


def build(margins: Margins) -> Explanation:
    """A contact around the moment (default 15 minutes before to 60 minutes after), of the viewer or the team."""
    begins = pl.col("valid_from") - pl.duration(minutes=margins.contact_before_minutes)
    ended = pl.col("valid_to") + pl.duration(minutes=margins.contact_after_minutes)
    ends = pl.coalesce(ended, pl.col("valid_from") + A_WORKDAY)
    return Explanation(
        id="contact",
        applies=pl.col("at").is_between(begins, ends) & (pl.col("link_kind") == "contact"),
        strength=by_team_size(STRENGTH),
        nl="contact met deze persoon",
        en="contact with this person",
    )
