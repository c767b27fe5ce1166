"""Signals into scored signals: which rule names each, its class, and factors that add up to the score."""

from __future__ import annotations

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
    return [ScoredRule(rule, _score(of_rule[rule.id,], rule)) for rule in RULES if (rule.id,) in of_rule]


def _score(signals: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    raw, bounded, told = _expressions(rule)
    return (
        signals.with_columns(raw).with_columns(bounded).with_columns(told).with_columns(_severity().alias("severity"))
    )


@cache
def _expressions(rule: Rule) -> tuple[tuple[pl.Expr, ...], pl.Expr, tuple[pl.Expr, ...]]:
    """One rule's points, the bound of its class, and factors and score; built once."""
    points = [
        pl.when(factor.when.fill_null(value=False)).then(factor.points.cast(pl.Int64)).otherwise(pl.lit(0, pl.Int64))
        for factor in rule.factors
    ]
    of_class = pl.col("rule_class").replace_strict({"P": P_CAP, "B": B_CAP, "C": C_CAP}, return_dtype=pl.Int64)
    cap = pl.min_horizontal(of_class, pl.when(IS_PART).then(pl.lit(C_CAP, pl.Int64)))
    raw = (
        pl.lit(rule.version, pl.Int64).alias("rule_version"),
        rule.rule_class.alias("rule_class"),
        pl.sum_horizontal(points).alias("raw_points"),
    )
    told = (_factors(rule).alias("factors"), (pl.col("points") / 10).alias("score"))
    return raw, pl.col("raw_points").clip(0, cap).alias("points"), told


def _factors(rule: Rule) -> pl.Expr:
    """The factors that apply; `cap` makes them add up where the class, or a parent, sets a bound."""
    parts = [_factor(factor.id, factor.when, factor.points, factor.value) for factor in rule.factors]
    bound = pl.col("points") - pl.col("raw_points")
    parts.append(_factor("cap", bound != 0, bound, pl.when(IS_PART).then(pl.lit("part")).otherwise("rule_class")))
    return pl.concat_list(parts).list.drop_nulls()


def _factor(name: str, when: pl.Expr, points: pl.Expr, value: pl.Expr) -> pl.Expr:
    told = pl.struct(
        pl.lit(name).alias("factor"),
        value.cast(pl.String).alias("value"),
        (points.cast(pl.Int64) / 10).alias("points"),
    ).cast(FACTOR)
    return pl.when(when.fill_null(value=False)).then(told)


def _severity() -> pl.Expr:
    score = pl.col("score")
    return (
        pl.when(score >= CRITICAL).then(pl.lit("critical"))
        .when(score >= HIGH).then(pl.lit("high"))
        .when(score >= MEDIUM).then(pl.lit("medium"))
        .otherwise(pl.lit("low"))
    )  # fmt: skip
