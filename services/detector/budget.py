"""Days and candidates into pushes: which class B signals reach the intake queue, and which have to wait."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.detector.thresholds import BudgetSettings

PUSH_COST = 7_000
"""One push costs 7,000 employee-days: 1 push per 1,000 employees a week, in whole numbers."""
LONGEST_SAVING_DAYS = 28


@dataclass(frozen=True, order=True)
class Candidate:
    """An open class B signal above the floor that was not pushed before; ordered best first."""

    minus_score: float
    signal_id: str
    rule: str
    raised_at: datetime = field(compare=False)


@dataclass(frozen=True)
class Tick:
    """One local day's decision at the push hour."""

    at: datetime
    headcount: int
    raised_at_once: int
    """Class P signals raised since the last tick."""


@dataclass(frozen=True)
class Decision:
    """What one tick decided."""

    balance: int
    pushed: tuple[str, ...]
    refused: int


def ceiling(headcount: int, per_thousand_a_week: int) -> int:
    """Most that can be saved, or owed: four weeks' tokens, or one whole push."""
    return max(LONGEST_SAVING_DAYS * headcount * per_thousand_a_week, PUSH_COST)


def decide(
    tick: Tick, balance: int | None, candidates: Callable[[], Sequence[Candidate]], settings: BudgetSettings
) -> Decision:
    """Tokens accrue, class P draws first (and may overdraw), then candidates go by score, then id.

    `balance` is null before the first tick: a new installation starts with a full purse. Candidates are only asked
    for when there is something to give.
    """
    most = ceiling(tick.headcount, settings.per_thousand_a_week)
    saved = most if balance is None else min(most, balance + tick.headcount * settings.per_thousand_a_week)
    saved = max(-most, saved - PUSH_COST * tick.raised_at_once)
    if saved < PUSH_COST:
        return Decision(saved, (), 0)
    ranked = sorted(candidates())
    pushed = _within_quota(ranked, saved // PUSH_COST, settings)
    return Decision(saved - PUSH_COST * len(pushed), pushed, len(ranked) - len(pushed))


def _within_quota(ranked: Sequence[Candidate], affordable: int, settings: BudgetSettings) -> tuple[str, ...]:
    """The best candidates, no rule with more than its share of what can be given today."""
    shares = {candidate.rule: settings.quota.get(candidate.rule, settings.rule_share) for candidate in ranked}
    quota = {rule: math.ceil(affordable * share) for rule, share in shares.items()}
    taken: Counter[str] = Counter()
    pushed: list[str] = []
    for candidate in ranked:
        if len(pushed) == affordable:
            break
        if taken[candidate.rule] < quota[candidate.rule]:
            taken[candidate.rule] += 1
            pushed.append(candidate.signal_id)
    return tuple(pushed)
