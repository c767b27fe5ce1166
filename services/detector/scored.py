"""What one rule names: passed from score to story, stages that do not know each other."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from services.detector.rules.base import Rule


@dataclass(frozen=True)
class ScoredRule:
    """The signals that one rule names."""

    rule: Rule
    signals: pl.DataFrame
    applied: tuple[int, ...]
    """Places of the rule's factors that apply to any of these signals: no other needs to be told of."""
