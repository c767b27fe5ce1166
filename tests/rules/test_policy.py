"""What every rule must satisfy, whatever it says."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from services.core.contract import CLASSES
from services.core.errors import DoelbindingError
from services.detector.casebook import read_cases
from services.detector.casebook.reading import EXPLANATION_IDS
from services.detector.rules import RULES, own_file
from services.detector.rules.base import B_CAP, Factor, Rule, check_columns, placeholders
from services.detector.rules_page import classes, flagged, rules_page
from tests.rules.lock import SOURCES, current, read, unraised

CASES = Path(__file__).parent
PAGE = CASES.parents[1] / "docs" / "rules.md"
NOT_RULES = {"__init__", "base", "columns", "factors", "pair_factors", "reader_sentences", "sentences"}
JUDGING = re.compile(
    r"\b(illegal\w*|unlawful\w*|snoop\w*|spy\w*|suspicious\w*|suspect\w*|guilty|abus\w*|misus\w*|culpri\w*|offen[cs]\w*"
    r"|onrechtmatig\w*|illega\w*|stiekem\w*|gluren|gegluurd|snuffel\w*|misbruik\w*|verdacht\w*|schuldig\w*|dader\w*)\b",
    re.IGNORECASE,
)
KINDS = Counter((filed.about, filed.case.kind) for filed in read_cases(CASES))
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def test_every_rule_file_is_in_the_registry_and_named_after_its_id() -> None:
    files = {path.stem.replace("_", "-") for path in SOURCES.glob("*.py") if path.stem not in NOT_RULES}
    assert files == {rule.id for rule in RULES}
    assert len(RULES) == len(files)


def test_every_rule_and_every_explanation_has_a_file_of_cases_and_there_is_no_other() -> None:
    assert {path.stem for path in CASES.glob("*.yaml")} == {rule.id for rule in RULES}
    assert {path.stem for path in CASES.glob("explanations/*.yaml")} == set(EXPLANATION_IDS)


@every_rule
def test_it_has_cases_that_fire_and_cases_that_do_not(rule: Rule) -> None:
    assert KINDS[rule.id, "firing"]
    assert KINDS[rule.id, "non-firing"]


@every_rule
def test_to_be_stable_it_has_cases_on_the_boundary_and_with_a_missing_field(rule: Rule) -> None:
    assert rule.maturity in ("test", "stable")
    if rule.maturity == "stable":
        assert KINDS[rule.id, "boundary"]
        assert KINDS[rule.id, "missing-field"]


@pytest.mark.parametrize("explanation", EXPLANATION_IDS)
def test_every_explanation_has_cases_of_every_kind(explanation: str) -> None:
    assert all(KINDS[explanation, kind] for kind in ("firing", "non-firing", "boundary", "missing-field"))


@every_rule
def test_it_says_what_an_investigator_must_know(rule: Rule) -> None:
    assert rule.title.nl
    assert rule.title.en
    assert rule.legal_basis.endswith(".")
    for sentences in (rule.false_positives, rule.known_gaps, rule.next_steps):
        assert sentences
        assert all(sentence.endswith((".", "?")) for sentence in sentences)
    assert rule.unknown


@every_rule
def test_its_module_says_in_one_sentence_what_it_flags(rule: Rule) -> None:
    assert flagged(rule).endswith(".")
    assert not flagged(rule).startswith(rule.id)


@every_rule
def test_its_texts_say_the_same_in_both_languages(rule: Rule) -> None:
    for text in rule.texts():
        assert text.nl
        assert text.en
        of_nl, of_en = (Counter(name.removesuffix(f"_{code}") for name in placeholders(template))
                        for code, template in (("nl", text.nl), ("en", text.en)))  # fmt: skip
        assert of_nl == of_en, text


@every_rule
def test_a_text_uses_only_columns_of_its_own_language(rule: Rule) -> None:
    for text in rule.texts():
        assert not [name for name in placeholders(text.nl) if name.endswith("_en")]
        assert not [name for name in placeholders(text.en) if name.endswith("_nl")]


@every_rule
def test_it_accuses_nobody(rule: Rule) -> None:
    """What is told about a person; the known gaps are about what the rule cannot see."""
    told = [sentence for text in (rule.title, *rule.texts()) for sentence in (text.nl, text.en)]
    told += [*rule.false_positives, *rule.next_steps, flagged(rule)]
    assert not [found.group() for sentence in told if (found := JUDGING.search(sentence))]


@every_rule
def test_its_factors_have_names_of_their_own_and_texts(rule: Rule) -> None:
    names = [factor.id for factor in rule.factors]
    assert len(names) == len(set(names))
    assert "cap" not in names, "`cap` is what the engine takes off above the bound of a class"
    assert names[0] == "rule"
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in names)
    assert all(factor.text.nl.endswith(".") and factor.text.en.endswith(".") for factor in rule.factors)


@every_rule
def test_its_class_is_one_of_the_three(rule: Rule) -> None:
    assert set(classes(rule).split("/")) <= set(CLASSES)


def least_points(factor: Factor) -> int:
    """Fewest points (tenths) of a factor that need not apply; whole scores where points depend on the signal."""
    if factor.points.meta.root_names():
        column = factor.points.meta.root_names()[0]
        return min(0, int(str(pl.DataFrame({column: range(1001)}).select(factor.points).to_series().min())))
    return min(0, int(pl.select(factor.points).item()))


@pytest.mark.parametrize("rule", [rule for rule in RULES if classes(rule) == "P"], ids=lambda rule: rule.id)
def test_whatever_speaks_against_it_a_signal_of_class_p_outranks_every_signal_of_class_b(rule: Rule) -> None:
    rests_on, *others = rule.factors
    least = pl.select(rests_on.points).item() + sum(least_points(factor) for factor in others)
    assert least > B_CAP


def test_a_rule_with_a_misspelt_column_is_refused_when_it_is_loaded() -> None:
    factor = replace(own_file.RULE.factors[0], when=pl.col("momentz") > 1)
    broken = replace(own_file.RULE, id="broken", hit=pl.col("is_onw"), factors=(factor,))
    with pytest.raises(DoelbindingError) as told:
        check_columns([broken])
    assert str(told.value).splitlines() == [
        "rule broken: column 'is_onw' is not documented in rules/columns.py",
        "rule broken: column 'momentz' is not documented in rules/columns.py",
    ]


def test_a_misspelt_column_in_a_text_is_refused_as_well() -> None:
    text = replace(own_file.RULE.summary, nl="Op {moment_nl}.")
    with pytest.raises(DoelbindingError, match="moment_nl"):
        check_columns([replace(own_file.RULE, summary=text)])


def test_a_changed_rule_has_a_new_version() -> None:
    assert not unraised(read(), current())
    assert read() == current(), "the lock is out of date; run: python -m tests.rules.lock"


def test_the_lock_tells_what_to_do_about_a_changed_rule() -> None:
    before = {"own-file": {"version": 2, "sha256": "a"}, "gone": {"version": 1, "sha256": "b"}}
    assert unraised(before, {"own-file": {"version": 3, "sha256": "c"}, "new": {"version": 1, "sha256": "d"}}) == []
    (told,) = unraised(before, {"own-file": {"version": 2, "sha256": "c"}})
    assert told.startswith("own-file: its file changed and its version is still 2; raise `version`")
    assert told.endswith("then run: python -m tests.rules.lock")


def test_the_page_of_the_rules_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == rules_page(), "run: python -m services.detector.rules_page docs/rules.md"


@every_rule
def test_it_has_its_place_on_the_page(rule: Rule) -> None:
    assert f"\n## {rule.id}\n" in rules_page()
