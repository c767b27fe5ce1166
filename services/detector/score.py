"""Signals into scored signals: which rule names each, its class, and factors that add up to the score."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import polars as pl

from services.core.contract import FACTOR
from services.detector.rules import FAMILIES, RULES, rules_of
from services.detector.rules.base import B_CAP, C_CAP, P_CAP, Rule
from services.detector.scored import ScoredRule

CRITICAL, HIGH, MEDIUM = 85.0, 60.0, 30.0
"""Least scores of the severities."""
IS_PART = pl.col("parent_family").is_not_null()
"""Part of a weightier signal: context there, as class C is, so that one story is not read twice."""

SCORE = pl.col("points") / 10
NO_POINTS = pl.lit(0, pl.Int64)


def name_rules(signals: pl.DataFrame, off: frozenset[str] = frozenset()) -> pl.DataFrame:
    """The signals for which a rule fires that is not switched off, with `rule`: the first one of their family."""
    return signals.with_columns(_name(off).alias("rule")).drop_nulls("rule")


@cache
def _name(off: frozenset[str]) -> pl.Expr:
    name = pl.lit(None, pl.String)
    for family in FAMILIES:
        chosen = pl.lit(None, pl.String)
        for rule in reversed([each for each in rules_of(family) if each.id not in off]):
            chosen = pl.when(rule.fires.fill_null(value=False)).then(pl.lit(rule.id)).otherwise(chosen)
        name = pl.when(pl.col("family") == family).then(chosen).otherwise(name)
    return name


def score(named: pl.DataFrame) -> list[ScoredRule]:
    """Adds rule_version, rule_class, factors, points (tenths), score and severity; a frame per rule.

    `named` are signals with their parents (parents.with_parents) and a rule each (name_rules).
    """
    of_rule = named.partition_by("rule", as_dict=True)
    return [_score(of_rule[rule.id,], rule) for rule in RULES if (rule.id,) in of_rule]


def _score(signals: pl.DataFrame, rule: Rule) -> ScoredRule:
    made = _expressions(rule)
    applies = signals.select(made.applies)
    applied = tuple(place for place, column in enumerate(applies) if column.any())
    raw = pl.sum_horizontal(NO_POINTS, *(made.points[place] for place in applied)).alias("raw_points")
    scored = signals.with_columns(*made.of_rule, raw).with_columns(BOUNDED)
    factors = pl.concat_list(*(made.factors[place] for place in applied), _cap()).list.drop_nulls()
    told = scored.with_columns(factors.alias("factors"), SCORE.alias("score"), _severity())
    return ScoredRule(rule, told, applied)


@dataclass(frozen=True)
class _Made:
    """One rule's expressions: its version and class, and of each factor whether it applies, its points and itself."""

    of_rule: tuple[pl.Expr, ...]
    applies: tuple[pl.Expr, ...]
    points: tuple[pl.Expr, ...]
    factors: tuple[pl.Expr, ...]


@cache
def _expressions(rule: Rule) -> _Made:
    """Built once: building them costs more than asking them of a few signals."""
    whens = [factor.when.fill_null(value=False) for factor in rule.factors]
    points = [factor.points.cast(pl.Int64) for factor in rule.factors]
    return _Made(
        of_rule=(pl.lit(rule.version, pl.Int64).alias("rule_version"), rule.rule_class.alias("rule_class")),
        applies=tuple(when.alias(str(place)) for place, when in enumerate(whens)),
        points=tuple(pl.when(when).then(worth).otherwise(NO_POINTS) for when, worth in zip(whens, points, strict=True)),
        factors=tuple(_factor(each.id, each.when, each.points, each.value) for each in rule.factors),
    )


@cache
def _cap() -> pl.Expr:
    """The factor that makes the others add up where the class, or a parent, sets a bound."""
    bound = pl.col("points") - pl.col("raw_points")
    return _factor("cap", bound != 0, bound, pl.when(IS_PART).then(pl.lit("part")).otherwise("rule_class"))


def _factor(name: str, when: pl.Expr, points: pl.Expr, value: pl.Expr) -> pl.Expr:
    told = pl.struct(
        pl.lit(name).alias("factor"),
        value.cast(pl.String).alias("value"),
        (points.cast(pl.Int64) / 10).alias("points"),
    ).cast(FACTOR)
    return pl.when(when.fill_null(value=False)).then(told)


def _bounded() -> pl.Expr:
    """The points within the bound of the class, or of what a signal is part of."""
    of_class = pl.col("rule_class").replace_strict({"P": P_CAP, "B": B_CAP, "C": C_CAP}, return_dtype=pl.Int64)
    cap = pl.min_horizontal(of_class, pl.when(IS_PART).then(pl.lit(C_CAP, pl.Int64)))
    return pl.col("raw_points").clip(0, cap).alias("points")


@cache
def _severity() -> pl.Expr:
    return (
        pl.when(SCORE >= CRITICAL).then(pl.lit("critical"))
        .when(SCORE >= HIGH).then(pl.lit("high"))
        .when(SCORE >= MEDIUM).then(pl.lit("medium"))
        .otherwise(pl.lit("low"))
    ).alias("severity")  # fmt: skip


BOUNDED = _bounded()
