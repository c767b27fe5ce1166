"""What a rule is: expressions over documented columns, and the words that explain it."""

from __future__ import annotations

import string
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from services.core.errors import DoelbindingError
from services.detector.rules.columns import LOOKUP_COLUMNS, SIGNAL_COLUMNS

B_CAP, C_CAP, P_CAP = 590, 290, 1000
"""Most points (tenths) per class: every class P signal outranks every class B signal."""


@dataclass(frozen=True)
class Text:
    """A sentence in Dutch and English; `{column}` is filled from SIGNAL_COLUMNS."""

    nl: str
    en: str


@dataclass(frozen=True)
class Factor:
    """A named part of the score: tenths of points where `when` holds; positive speaks for, negative against."""

    id: str
    when: pl.Expr
    points: pl.Expr
    value: pl.Expr
    text: Text


@dataclass(frozen=True, eq=False)
class Rule:
    """One rule. `hit` marks lookups for the family; `fires` says when the signal carries this rule's name."""

    id: str
    version: int
    family: str
    rule_class: pl.Expr
    hit: pl.Expr | None
    fires: pl.Expr
    factors: tuple[Factor, ...]
    summary: Text
    counterfactual: Text
    unknown: tuple[Text, ...]
    title: Text
    legal_basis: str
    false_positives: tuple[str, ...]
    known_gaps: tuple[str, ...]
    next_steps: tuple[str, ...]
    maturity: str = "stable"

    def texts(self) -> tuple[Text, ...]:
        """Every text that is filled from a signal."""
        return (self.summary, self.counterfactual, *self.unknown, *(factor.text for factor in self.factors))


def in_class(name: str) -> pl.Expr:
    """The class of a rule whose signals are all of one class."""
    return pl.lit(name)


def check_columns(rules: Iterable[Rule]) -> None:
    """Raises DoelbindingError naming every rule that uses a column which is not documented."""
    faults = [fault for rule in rules for fault in _unknown_columns(rule)]
    if faults:
        raise DoelbindingError("\n".join(faults))


def _unknown_columns(rule: Rule) -> list[str]:
    of_lookup = rule.hit.meta.root_names() if rule.hit is not None else []
    of_signal = [*rule.fires.meta.root_names(), *rule.rule_class.meta.root_names()]
    for factor in rule.factors:
        for expression in (factor.when, factor.points, factor.value):
            of_signal += expression.meta.root_names()
    for text in rule.texts():
        of_signal += [*placeholders(text.nl), *placeholders(text.en)]
    return [
        f"rule {rule.id}: column '{name}' is not documented in rules/columns.py"
        for known, used in ((LOOKUP_COLUMNS, of_lookup), (SIGNAL_COLUMNS, of_signal))
        for name in dict.fromkeys(used)
        if name not in known
    ]


def placeholders(template: str) -> list[str]:
    """Column names in a template, in order."""
    return [name for _, name, _, _ in string.Formatter().parse(template) if name]


def filled(template: str) -> pl.Expr:
    """The template as an expression that fills it per row."""
    names = placeholders(template)
    if not names:
        return pl.lit(template)
    pattern = "".join(
        literal.replace("{", "").replace("}", "") + ("{}" if name else "")
        for literal, name, _, _ in string.Formatter().parse(template)
    )
    return pl.format(pattern, *[pl.col(name).cast(pl.String).fill_null("?") for name in names])
