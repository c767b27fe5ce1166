"""Lawful situations that look odd into how many of their lookups stay unexplained and in which signals they end."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from services.detector.evaluate.inputs import Truth


@dataclass(frozen=True)
class Situation:
    """How one kind of lawful situation fared."""

    kind: str
    situations: int
    unexplained: int
    """Lawful lookups of persons in them that nothing explains."""
    open_signals: int
    """Open signals that hold one of their lookups, right or not."""
    wrong_within_budget: int
    """Wrong ones among the signals read within the reference budget that hold one of their lookups."""
    false_pushes: int | None
    """Pushed signals that are not right and hold one of their lookups; None where the run tells of no pushes."""


def by_situation(
    truth: Truth, unexplained: pl.Series, judged: pl.DataFrame, ranked: pl.DataFrame, slots: int
) -> tuple[Situation, ...]:
    """Per kind, in order of name; `unexplained` are ids of lawful lookups.

    A lookup may be part of several situations, and is counted in each.
    """
    if truth.benign is None:
        return ()
    wrong = ranked.head(slots).filter(~pl.col("right"))
    pushed = judged.filter("pushed", ~pl.col("right"))
    concerned = pl.concat([unexplained, *(_evidence(part)["lookup_id"] for part in (ranked, pushed))]).unique()
    rows = _lookups_of(truth.benign, truth.lookups.filter(pl.col("lookup_id").is_in(concerned.implode())))
    counted = [
        rows.filter(pl.col("lookup_id").is_in(unexplained.implode())).group_by("kind").len("unexplained"),
        _signals_with(rows, ranked, "open"),
        _signals_with(rows, wrong, "wrong"),
        _signals_with(rows, pushed, "false"),
    ]
    told = truth.benign.group_by("kind").len("situations").sort("kind")
    for part in counted:
        told = told.join(part, on="kind", how="left", maintain_order="left")
    tells = judged["pushed"].null_count() == 0
    filled = told.fill_null(0).with_columns(pl.col("false") if tells else pl.lit(None).alias("false"))
    return tuple(Situation(*row) for row in filled.iter_rows())


def _lookups_of(benign: pl.DataFrame, lookups: pl.DataFrame) -> pl.DataFrame:
    """Distinct kind and lookup_id: by the ids that a situation names, or by its employee and window."""
    named = benign.drop_nulls("lookup_ids").select("kind", pl.col("lookup_ids").alias("lookup_id")).explode("lookup_id")
    named = named.join(lookups, on="lookup_id", how="semi")
    windows = benign.filter(pl.col("lookup_ids").is_null()).select("kind", "employee_id", "from_at", "to_at")
    inside = windows.join(lookups, on="employee_id").filter(pl.col("occurred_at").is_between("from_at", "to_at"))
    return pl.concat([named, inside.select("kind", "lookup_id")]).unique()


def _signals_with(rows: pl.DataFrame, signals: pl.DataFrame, name: str) -> pl.DataFrame:
    held = rows.join(_evidence(signals), on="lookup_id")
    return held.group_by("kind").agg(pl.col("signal_id").n_unique().alias(name))


def _evidence(signals: pl.DataFrame) -> pl.DataFrame:
    return signals.select("signal_id", pl.col("lookup_ids").alias("lookup_id")).explode("lookup_id")
