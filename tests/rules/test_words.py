"""Every factor has a name in both languages, and every text is a sentence without judgement."""

from __future__ import annotations

import re

import pytest

from services.api.pages.words import CODES
from services.casefile.words import Speech
from services.detector.rules import RULES
from services.detector.rules.base import Rule, Text

JUDGING = re.compile(
    r"\b(ver boven|far above|verdacht|suspicious|ongeoorloofd|unlawful|misbruik|misuse|opvallend|striking)\b", re.I
)
EITHER = re.compile(r"\w\(s\)")
"""`file(s)`: the number is known when the text is filled."""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
class TestWords:
    def sentences(self, rule: Rule) -> list[str]:
        return [sentence for text in rule.texts() for sentence in (text.nl, text.en)]

    def test_every_factor_is_named_in_both_languages(self, rule: Rule) -> None:
        assert [factor.id for factor in rule.factors if factor.id not in CODES] == []

    def test_the_rule_has_a_title_in_both_languages(self, rule: Rule) -> None:
        assert {Speech("nl").title(rule.id), Speech("en").title(rule.id)} == {rule.title.nl, rule.title.en}

    def test_every_text_is_a_whole_sentence(self, rule: Rule) -> None:
        assert [text for text in self.sentences(rule) if not re.fullmatch(r"[A-ZÉ{].*\.", text)] == []

    def test_no_text_judges(self, rule: Rule) -> None:
        assert [text for text in self.sentences(rule) if JUDGING.search(text)] == []

    def test_no_text_leaves_singular_or_plural_open(self, rule: Rule) -> None:
        assert [text for text in self.sentences(rule) if EITHER.search(text)] == []

    def test_both_languages_tell_the_same_numbers(self, rule: Rule) -> None:
        assert [text for text in rule.texts() if numbers(text.nl) != numbers(text.en)] == []


def numbers(template: str) -> list[str]:
    """Placeholders of a template, without their language, in order of the alphabet."""
    return sorted(name.removesuffix("_nl").removesuffix("_en") for name in re.findall(r"\{(\w+)\}", template))


def test_a_number_that_one_language_lacks_is_seen() -> None:
    text = Text("Op {days_nl} ({lookups_nl}).", "On {days_en}.")
    assert numbers(text.nl) != numbers(text.en)
