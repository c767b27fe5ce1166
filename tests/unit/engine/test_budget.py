"""The budget: which class B signals are pushed on a day."""

from __future__ import annotations

import pytest

from services.detector.budget import PUSH_COST, Candidate, Decision, Tick, ceiling, decide
from services.detector.thresholds import BudgetSettings
from tests.world import local

SETTINGS = BudgetSettings(per_thousand_a_week=1, rule_share=1.0)
SIX = local("2025-03-11 06:00")


def day(headcount: int = 1000, raised_at_once: int = 0) -> Tick:
    return Tick(SIX, headcount, raised_at_once)


def candidates(*scores: float, rule: str = "no-case-link") -> list[Candidate]:
    return [Candidate(-score, f"s{place}", rule, SIX) for place, score in enumerate(scores)]


def decided(balance: int | None, found: list[Candidate], tick: Tick | None = None, share: float = 1.0) -> Decision:
    settings = SETTINGS.model_copy(update={"rule_share": share})
    return decide(tick or day(), balance, lambda: found, settings)


def test_a_thousand_employees_earn_one_push_a_week() -> None:
    balance: int | None = 0
    pushed = 0
    for _ in range(7):
        decision = decided(balance, candidates(50.0))
        balance, pushed = decision.balance, pushed + len(decision.pushed)
    assert pushed == 1
    assert balance == 0


def test_a_new_installation_starts_with_four_weeks() -> None:
    assert len(decided(None, candidates(*[50.0] * 9)).pushed) == 4


def test_fractions_are_kept_until_they_make_a_whole() -> None:
    balance: int | None = 0
    days = 0
    while not (decision := decided(balance, candidates(50.0), day(headcount=300))).pushed:
        balance, days = decision.balance, days + 1
    assert days + 1 == 24  # 23 1/3 days at 300 employees


def test_no_more_is_saved_than_four_weeks() -> None:
    assert decided(ceiling(1000, 1), []).balance == 28 * 1000


def test_a_small_agency_can_save_one_whole_push() -> None:
    assert ceiling(10, 1) == PUSH_COST
    assert len(decided(None, candidates(50.0, 50.0), day(headcount=10)).pushed) == 1


def test_class_p_draws_first_and_may_overdraw() -> None:
    decision = decided(PUSH_COST, candidates(50.0), day(raised_at_once=2))
    assert decision.pushed == ()
    assert decision.balance == PUSH_COST + 1000 - 2 * PUSH_COST


def test_the_debt_of_class_p_is_bounded() -> None:
    assert decided(0, [], day(raised_at_once=1000)).balance == -28 * 1000


def test_best_score_goes_first_and_of_equal_scores_the_smallest_id() -> None:
    found = candidates(40.0, 50.0, 50.0, 30.0)
    assert decided(2 * PUSH_COST, found).pushed == ("s1", "s2")
    assert decided(2 * PUSH_COST, found[::-1]).pushed == ("s1", "s2")


def test_one_rule_gets_no_more_than_its_share_rounded_up() -> None:
    found = [*candidates(50.0, 49.0, 48.0, 47.0), Candidate(-30.0, "volume", "volume-own", SIX)]
    assert decided(3 * PUSH_COST - 1000, found, share=0.5).pushed == ("s0", "s1", "volume")


def test_what_the_share_of_a_rule_leaves_unused_is_kept_not_given_away() -> None:
    decision = decided(3 * PUSH_COST - 1000, candidates(50.0, 49.0, 48.0), share=0.5)
    assert decision.pushed == ("s0", "s1")
    assert decision.balance == PUSH_COST
    assert decision.refused == 1


@pytest.mark.parametrize(("afforded", "refused"), [(1, 3), (4, 0), (3, 1)])
def test_what_is_not_pushed_is_counted(afforded: int, refused: int) -> None:
    assert decided(afforded * PUSH_COST - 1000, candidates(50.0, 45.0, 40.0, 35.0)).refused == refused


def test_it_is_a_ceiling_and_no_quota_to_fill() -> None:
    assert decided(None, []).pushed == ()
