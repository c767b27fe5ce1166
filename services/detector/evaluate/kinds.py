"""Episodes and what caught them into how each kind of misuse, and each role of looker, fared."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

SEVERAL = "several roles"
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Fate:
    """How some episodes fared."""

    episodes: int
    in_open_signal: int
    """With a lookup in the evidence of an open signal, right or not."""
    caught: int
    caught_within_budget: int
    """Caught within the reference budget of 5 signals per 1,000 employees per week."""
    pushed: int | None
    """With a lookup in a right signal that was pushed; None where the run tells of no pushes."""
    median_days_to_signal: float | None
    """From the moment the episode could be detected to `raised_at`, over caught episodes; None if none was caught."""
    lowest_rank: int | None
    """The place in the ranking of the caught episode that stands lowest; None if none was caught."""


@dataclass(frozen=True, kw_only=True)
class KindResult(Fate):
    """How one kind of misuse fared."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class RoleResult(Fate):
    """How the misuse by employees of one role fared."""

    role: str


def by_kind(episodes: pl.DataFrame, slots: int) -> tuple[KindResult, ...]:
    """Per kind of misuse what was caught and how soon, in order of name."""
    return tuple(KindResult(*fate, kind=kind) for kind, *fate in _fates(episodes, "kind", slots).iter_rows())


def by_role(episodes: pl.DataFrame, roles: pl.DataFrame, slots: int) -> tuple[RoleResult, ...]:
    """The same per role of who looked; `roles` has scenario_id and role, a row per looker."""
    several = pl.when(pl.col("role").n_unique() > 1).then(pl.lit(SEVERAL)).otherwise(pl.col("role").first())
    told = episodes.join(roles.group_by("scenario_id").agg(several.alias("role")), on="scenario_id", how="left")
    told = told.with_columns(pl.col("role").fill_null(UNKNOWN))
    return tuple(RoleResult(*fate, role=role) for role, *fate in _fates(told, "role", slots).iter_rows())


def _fates(episodes: pl.DataFrame, group: str, slots: int) -> pl.DataFrame:
    """The group, then the fields of Fate."""
    days = (pl.col("raised_at") - pl.col("expected_detectable_from")).dt.total_seconds() / 86_400
    told = pl.when(pl.col("was_pushed").null_count() == 0)
    return (
        episodes.group_by(group)
        .agg(
            pl.len(),
            pl.col("in_open").sum(),
            pl.col("rank").count().alias("caught"),
            (pl.col("rank") <= slots).sum().alias("within"),
            told.then(pl.col("was_pushed").sum()).alias("pushed"),
            days.median().alias("days"),
            pl.col("rank").max().alias("lowest"),
        )
        .sort(group)
    )
