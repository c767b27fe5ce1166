"""team-case: the viewer's team had the case; the larger the team, the less that says."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import DERIVED, Explanation, Margins, by_team_size, covers

STRENGTH = 900


def build(_margins: Margins) -> Explanation:
    """A link of the employee's team covers the moment; strength falls beyond a team of twelve.

    A contact has margins of its own.
    """
    return Explanation(
        id="team-case",
        applies=covers() & pl.col("to_team") & ~pl.col("link_kind").is_in(["contact", *DERIVED]),
        strength=by_team_size(STRENGTH),
        nl="zaak van het team",
        en="case of the team",
    )
