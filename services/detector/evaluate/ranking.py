"""The signals of a run into a ranking, what each episode was caught by, and what a budget of readers finds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from services.detector.evaluate import resampling
from services.detector.evaluate.figures import Interval, Share
from services.detector.evaluate.inputs import Truth

BUDGETS = (1, 2, 5, 10)
"""Signals per 1,000 employees per week."""
REFERENCE_BUDGET = 5
SMALL_EVIDENCE = 20
"""Up to so many lookups one misuse lookup makes a signal right; above it one in `LARGE_EVIDENCE_RATIO` must be."""
LARGE_EVIDENCE_RATIO = 5
NEVER = 0
"""Rank of an episode that nothing caught; ranks start at 1."""


@dataclass(frozen=True)
class Budget:
    """What a reader of the best signals would have found, at so many signals per 1,000 employees per week."""

    per_thousand: int
    slots: int
    """Signals that may be read over the whole period."""
    precision: Share
    """Right signals among those read."""
    precision_interval: Interval | None
    """Over other weeks of other employees: their signals come and go together."""
    recall: Share
    """Episodes caught by those read, among all episodes."""
    recall_interval: Interval | None
    """Over other episodes of the same sorts."""
    ceiling: float | None
    """The recall of one episode per signal read: min(1, slots / episodes); None without episodes."""


def with_right(signals: pl.DataFrame, misuse: pl.DataFrame) -> pl.DataFrame:
    """All signals with `right`: their evidence holds enough misuse."""
    hits = signals.explode("lookup_ids").join(misuse, left_on="lookup_ids", right_on="lookup_id", how="semi")
    hits = hits.group_by("signal_id").agg(pl.len().alias("misused"))
    size, misused = pl.col("lookup_ids").list.len(), pl.col("misused").fill_null(0)
    right = (misused > 0) & ((size <= SMALL_EVIDENCE) | (misused * LARGE_EVIDENCE_RATIO >= size))
    return signals.join(hits, on="signal_id", how="left").with_columns(right=right).drop("misused")


def rank(judged: pl.DataFrame) -> pl.DataFrame:
    """Open signals by score, then id, with rank (from 1) and `precision` (right so far / signals so far)."""
    return (
        judged.filter(pl.col("status") == "open")
        .sort("score", "signal_id", descending=[True, False])
        .with_row_index("rank", offset=1)
        .with_columns(precision=pl.col("right").cum_sum() / pl.col("rank"))
    )


def catch(judged: pl.DataFrame, ranked: pl.DataFrame, truth: Truth) -> pl.DataFrame:
    """Every episode with rank, precision and raised_at of the best right signal that holds one of its lookups.

    These are null where no signal caught the episode. Beside them `in_open`: any open signal holds one of its lookups,
    right or not; and `was_pushed`: a right one that holds one was pushed (null where the run tells of no pushes).
    """
    held = _episodes_of(ranked, truth)
    caught = held.filter("right").sort("rank").unique("scenario_id", keep="first", maintain_order=True)
    caught = caught.select("scenario_id", "rank", "precision", "raised_at")
    pushed = _episodes_of(judged.filter("right", "pushed"), truth)["scenario_id"].unique()
    tells = judged["pushed"].null_count() == 0
    was_pushed = pl.col("scenario_id").is_in(pushed.implode()) if tells else pl.lit(None, pl.Boolean)
    return truth.scenarios.join(caught, on="scenario_id", how="left", maintain_order="left").with_columns(
        pl.col("scenario_id").is_in(held["scenario_id"].unique().implode()).alias("in_open"),
        was_pushed.alias("was_pushed"),
    )


def average_precision(episodes: pl.DataFrame) -> tuple[float | None, Interval | None]:
    """Mean over episodes of the precision where each is first caught, 0 for those that nothing catches."""
    values = episodes["precision"].fill_null(0.0).to_list()
    if not values:
        return None, None
    return sum(values) / len(values), resampling.of_mean(np.array(values, np.float64))


def spend(per_thousand: int, ranked: pl.DataFrame, episodes: pl.DataFrame, employee_weeks: int) -> Budget:
    """What the best signals give when so many per 1,000 employees per week are read; at least one is.

    `ranked` has `cluster`: whose week the signal is about, in whole numbers.
    """
    slots = max(1, per_thousand * employee_weeks // 1000)
    read = ranked.head(slots)
    caught = (episodes["rank"].fill_null(NEVER).is_between(1, slots)).to_numpy().astype(np.float64)
    return Budget(
        per_thousand,
        slots,
        Share(int(read["right"].sum()), read.height),
        _precision_interval(read),
        Share(int(caught.sum()), episodes.height),
        resampling.of_mean(caught),
        min(1.0, slots / episodes.height) if episodes.height else None,
    )


def _precision_interval(read: pl.DataFrame) -> Interval | None:
    by_cluster = read.group_by("cluster").agg(pl.col("right").sum(), pl.len()).sort("cluster")
    return resampling.of_quotient(
        by_cluster["right"].cast(pl.Float64).to_numpy(), by_cluster["len"].cast(pl.Float64).to_numpy()
    )


def _episodes_of(signals: pl.DataFrame, truth: Truth) -> pl.DataFrame:
    return signals.explode("lookup_ids").join(truth.misuse, left_on="lookup_ids", right_on="lookup_id")
