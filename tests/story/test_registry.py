"""No rule and no factor is told without somebody who counts it again."""

from __future__ import annotations

import pytest

from services.detector.rules import RULES
from services.detector.rules.base import Rule
from tests.story.checking import NEVER_A_FACTOR
from tests.story.registry import RULES as STORIES
from tests.story.registry import told
from tests.story.sentences import differences, numbers


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_and_factor_is_counted_again(rule: Rule) -> None:
    assert rule.id in STORIES, f"tests/story/registry.py: RULES lacks {rule.id}"
    factors = [factor.id for factor in rule.factors if factor.id not in NEVER_A_FACTOR]
    missing = [factor for factor in factors if told(rule.id, factor) is None]
    assert missing == [], f"tests/story/registry.py: FACTORS lacks {missing}"


def test_no_rule_that_is_gone_is_still_registered() -> None:
    assert set(STORIES) - {rule.id for rule in RULES} == set()


def test_numbers_and_dates_are_read_with_their_nouns() -> None:
    read = numbers("Op 3 momenten (6 logregels), van 16-09-2025 tot en met 19-09-2025; er waren er 0,8 te verwachten.")
    assert [(str(one.value), one.noun) for one in read] == [
        ("3", "momenten"),
        ("6", "logregels"),
        ("2025-09-16", None),
        ("2025-09-19", None),
        ("0.8", "te"),
    ]


def test_hours_are_no_numbers() -> None:
    assert [one.value for one in numbers("Outside 06:00-19:00 or at the weekend: 1 of 2 log lines.")] == [1, 2]


def test_a_day_that_no_calendar_has_is_no_date() -> None:
    assert [one.value for one in numbers("Op 31-09-2025.")] == ["2025-09-31"]


@pytest.mark.parametrize(
    ("sentence", "faults"),
    [
        ("At 2 moments (3 log lines).", 0),
        ("At 3 moments (2 log lines).", 4),
        ("At 2 moments.", 1),
        ("At 2 moments (3 log lines), on 4 days.", 1),
    ],
)
def test_a_sentence_is_held_to_its_columns(sentence: str, faults: int) -> None:
    assert len(differences(sentence, ("moments", "lookups"), (2, 3))) == faults
