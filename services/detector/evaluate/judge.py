"""The signals of a run, laid beside the known answers, into an evaluation."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from services.core.errors import InputError
from services.detector.evaluate.evaluation import Budget, Evaluation, KindResult, Share
from services.detector.evaluate.inputs import (
    EXPLAINED_COLUMNS,
    SIGNAL_COLUMNS,
    Truth,
    column_faults,
    read_truth,
)

BUDGETS = (1, 2, 5, 10)
"""Signals per 1,000 employees per week."""
REFERENCE_BUDGET = 5
SMALL_EVIDENCE = 20
"""Up to so many lookups one misuse lookup makes a signal right; above it one in `LARGE_EVIDENCE_RATIO` must be."""
LARGE_EVIDENCE_RATIO = 5
STRANGER_KINDS = (
    "volume_20",
    "volume_50",
    "slow_drip",
    "acquaintance_once",
    "acquaintance_repeated",
    "false_case_claim",
    "offhours_remote",
    "bulk_export",
)
"""Misuse whose subjects have no bond with the looker's work: what explains these explains too much."""
NO_PERSON = "no-person"
"""Explanation of a lookup that showed nobody; counting these would flatter the explained share."""


def evaluate(
    signals: pl.DataFrame, explained: pl.DataFrame, truth_dir: Path, budgets: tuple[int, ...] = BUDGETS
) -> Evaluation:
    """Judges a run by the answers in `truth_dir`.

    `signals` and `explained` have the columns of signals.parquet and explained.parquet (inputs.py names those that
    are used). Raises InputError for missing columns or answers, and for answers that belong to another dataset.
    """
    faults = column_faults(signals.schema, SIGNAL_COLUMNS, "signals")
    faults += column_faults(explained.schema, EXPLAINED_COLUMNS, "explained")
    if faults:
        raise InputError(*faults)
    truth = read_truth(truth_dir)
    decided = Share(truth.lookups.join(explained, on="lookup_id", how="semi").height, truth.lookups.height)
    if not decided.count:
        raise InputError(f"{truth_dir}: none of its lookups is in explained; these answers belong to another dataset")
    ranked = rank(signals, truth.misuse)
    episodes = catch(ranked, truth)
    reference = spend(REFERENCE_BUDGET, ranked, episodes, truth.employee_weeks)
    return Evaluation(
        employee_weeks=truth.employee_weeks,
        signals=Share(ranked.height, signals.height),
        episodes=Share(episodes["rank"].count(), episodes.height),
        average_precision=sum(episodes["precision"].fill_null(0).to_list()) / episodes.height,
        budgets=tuple(spend(budget, ranked, episodes, truth.employee_weeks) for budget in budgets),
        burden=Share(reference.precision.of - reference.precision.count, reference.precision.of),
        explained=_explained(lawful_looks(truth, explained), explained),
        leak=_explained(looks_at_strangers(truth), explained),
        decided=decided,
        kinds=by_kind(episodes, reference.slots),
    )


def rank(signals: pl.DataFrame, misuse: pl.DataFrame) -> pl.DataFrame:
    """Open signals by score, then id, with rank (from 1), `right`, and `precision` (right so far / signals so far)."""
    hits = signals.explode("lookup_ids").join(misuse, left_on="lookup_ids", right_on="lookup_id", how="semi")
    hits = hits.group_by("signal_id").agg(pl.len().alias("misused"))
    size, misused = pl.col("lookup_ids").list.len(), pl.col("misused").fill_null(0)
    right = (misused > 0) & ((size <= SMALL_EVIDENCE) | (misused * LARGE_EVIDENCE_RATIO >= size))
    return (
        signals.filter(pl.col("status") == "open")
        .join(hits, on="signal_id", how="left")
        .sort("score", "signal_id", descending=[True, False])
        .with_row_index("rank", offset=1)
        .with_columns(right=right)
        .with_columns(precision=pl.col("right").cum_sum() / pl.col("rank"))
    )


def catch(ranked: pl.DataFrame, truth: Truth) -> pl.DataFrame:
    """Every episode with rank, precision and raised_at of the best right signal that holds one of its lookups.

    These are null where no signal caught the episode.
    """
    caught = (
        ranked.filter("right")
        .explode("lookup_ids")
        .join(truth.misuse, left_on="lookup_ids", right_on="lookup_id")
        .sort("rank")
        .unique("scenario_id", keep="first", maintain_order=True)
        .select("scenario_id", "rank", "precision", "raised_at")
    )
    return truth.scenarios.join(caught, on="scenario_id", how="left", maintain_order="left")


def spend(per_thousand: int, ranked: pl.DataFrame, episodes: pl.DataFrame, employee_weeks: int) -> Budget:
    """What the best signals give when so many per 1,000 employees per week are read; at least one is."""
    slots = max(1, per_thousand * employee_weeks // 1000)
    read = ranked.head(slots)
    caught = episodes.filter(pl.col("rank") <= slots).height
    return Budget(per_thousand, slots, Share(read.filter("right").height, read.height), Share(caught, episodes.height))


def by_kind(episodes: pl.DataFrame, slots: int) -> tuple[KindResult, ...]:
    """Per kind of misuse what was caught and how soon, in order of name."""
    days = (pl.col("raised_at") - pl.col("expected_detectable_from")).dt.total_seconds() / 86_400
    rows = (
        episodes.group_by("kind")
        .agg(
            pl.len(),
            pl.col("rank").count().alias("caught"),
            (pl.col("rank") <= slots).sum().alias("within"),
            days.median().alias("days"),
        )
        .sort("kind")
    )
    return tuple(KindResult(*row) for row in rows.iter_rows())


def lawful_looks(truth: Truth, explained: pl.DataFrame) -> pl.DataFrame:
    """Lookups that are no misuse and showed a person."""
    blind = explained.filter(pl.col("explanation") == NO_PERSON)
    lawful = truth.lookups.join(truth.misuse, on="lookup_id", how="anti")
    return lawful.join(blind, on="lookup_id", how="anti")


def looks_at_strangers(truth: Truth) -> pl.DataFrame:
    """Misuse lookups that showed a person with whom the looker's work has no bond."""
    return truth.misuse.filter(pl.col("scenario_kind").is_in(STRANGER_KINDS), pl.col("bsn").is_not_null())


def _explained(lookups: pl.DataFrame, explained: pl.DataFrame) -> Share:
    """How many of the lookups were explained; a lookup without a row was not."""
    reached = lookups.join(explained.filter("explained"), on="lookup_id", how="semi")
    return Share(reached.height, lookups.height)
