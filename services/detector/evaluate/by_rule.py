"""Judged signals into how each rule fared."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class RuleResult:
    """How the signals of one rule fared."""

    rule: str
    rule_class: str | None
    open: int
    right: int
    """Open and right."""
    wrong: int
    """Open and not right."""
    withdrawn: int
    pushed: int | None
    """Withdrawn ones too; None where the run tells of no pushes."""
    false_pushes: int | None
    """Pushed and not right."""


def by_rule(judged: pl.DataFrame) -> tuple[RuleResult, ...]:
    """Per rule, in order of name; nothing where the signals do not name theirs."""
    is_open, tells = pl.col("status") == "open", pl.when(pl.col("pushed").null_count() == 0)
    counted = (
        judged.drop_nulls("rule")
        .group_by("rule")
        .agg(
            pl.col("rule_class").sort().first(),
            is_open.sum().alias("open"),
            (is_open & pl.col("right")).sum().alias("right_open"),
            (is_open & ~pl.col("right")).sum().alias("wrong"),
            (~is_open).sum().alias("withdrawn"),
            tells.then(pl.col("pushed").sum()).alias("in_queue"),
            tells.then((pl.col("pushed") & ~pl.col("right")).sum()).alias("false"),
        )
        .sort("rule")
    )
    return tuple(RuleResult(*row) for row in counted.iter_rows())
