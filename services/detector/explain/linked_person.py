"""linked-person: a party recorded in a case that the viewer or the viewer's team handled."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import LINKED_PERSON, Explanation, Margins, covers

OWN, OF_TEAM = 700, 600


def build(_margins: Margins) -> Explanation:
    """Partner, child, employer or curator in a case that was in force, written down there before the lookup."""
    return Explanation(
        id=LINKED_PERSON,
        applies=covers() & (pl.col("link_kind") == LINKED_PERSON),
        strength=pl.when(pl.col("to_team")).then(OF_TEAM).otherwise(OWN),
        nl="betrokkene bij een zaak van de medewerker of het team",
        en="party to a case of the employee or the team",
    )
