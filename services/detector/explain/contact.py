"""contact: the viewer had this person on the phone, in a chat or at the counter."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import Explanation, Margins, by_team_size

STRENGTH = 900


def build(margins: Margins) -> Explanation:
    """A contact around the moment (default 15 minutes before to 60 minutes after), of the viewer or the team.

    One without an end goes on: some registers keep the conversation of a whole case as one contact.
    """
    begins = pl.col("valid_from") - pl.duration(minutes=margins.contact_before_minutes)
    ends = pl.col("valid_to") + pl.duration(minutes=margins.contact_after_minutes)
    around = (begins <= pl.col("at")) & (ends.is_null() | (pl.col("at") <= ends))
    return Explanation(
        id="contact",
        applies=around & (pl.col("link_kind") == "contact"),
        strength=by_team_size(STRENGTH),
        nl="contact met deze persoon",
        en="contact with this person",
    )
