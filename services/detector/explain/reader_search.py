"""reader-search: a list of signals, or a question whether there is one, which no item can be due for."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import FULL, Explanation, Margins


def build(_margins: Margins) -> Explanation:
    """A search among signals: work begins with it. Whom the reader has an interest in is judged all the same."""
    return Explanation(
        id="reader-search",
        applies=pl.col("action") == "search",
        strength=pl.lit(FULL),
        nl="een lijst van signalen, of een zoekvraag daarin",
        en="a list of signals, or a search among them",
    )
