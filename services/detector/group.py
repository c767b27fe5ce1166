"""Contributions into the rows of each signal as of a moment: per rule family, employee, subject and window."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from services.core.instants import instant_of
from services.detector.burst import EPISODES, NO_EPISODES, candidates, episodes
from services.detector.members import RECORDS, crowds
from services.detector.rules import BURST, ENUMERATION, EXPORTS, MANY_PERSONS, NOT_ASSIGNED, ON_ARRIVAL, REVEALS
from services.detector.thresholds import BurstSettings

KEY = ["family", "employee", "about", "window"]
"""What makes a signal: `about` is the subject, null where it is about many persons; bursts have no employee."""

MOMENTS = (
    "counts_from",
    "counts_until",
    "linked_at",
    "retroactive_at",
    "claim_known_at",
    "claim_worked_at",
    "reported_at",
)
"""Columns of moments at which a contribution changes what is told."""
COUNTED_MOMENTS = (*MOMENTS, "claim_false_from")
"""The same of contributions as they count."""


def by_window(contributions: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Contributions as they count with their window, `viewer` and `viewer_check`.

    Lookups of a day, week or month that stands out (`members`, see member_days) count for that too, and those of
    several employees at one person for that person. What was exported, enumerated or opened counts for nothing else
    under that name. Reads that were nobody's work belong to their day.
    """
    seen = contributions.with_columns(
        pl.col("employee").alias("viewer"), pl.col("employee_check").alias("viewer_check")
    )
    pairs = seen.filter(~pl.col("family").is_in([EXPORTS, ENUMERATION, REVEALS])).with_columns(
        pl.when(pl.col("family") == NOT_ASSIGNED).then("day").alias("window")
    )
    return pl.concat([pairs, crowds(seen, members), candidates(pairs)], how="diagonal").with_columns(
        pl.when(~pl.col("family").is_in(MANY_PERSONS)).then("subject").alias("about")
    )


def changes(windowed: pl.DataFrame) -> pl.Series:
    """The moments at which a contribution begins, ends or gets a case link."""
    moments = [windowed[name] for name in COUNTED_MOMENTS]
    return pl.concat([moment.rename("moment") for moment in moments]).drop_nulls()


def as_of(windowed: pl.DataFrame, moment: datetime, burst: BurstSettings) -> pl.DataFrame:
    """The rows that count for each signal at a moment, with `withdrawn` where nothing counts any more.

    A withdrawn signal keeps every lookup that ever counted. A look into a special file, or a read, counts as soon as it
    is there.
    """
    at_once = pl.col("family").is_in(ON_ARRIVAL) & (pl.col("counts_from") == pl.col("at"))
    now = instant_of(moment)
    began = with_episodes(windowed.filter(at_once | (pl.col("counts_from") <= now)), moment, burst)
    active = pl.col("counts_until").is_null() | (pl.col("counts_until") > now)
    ended = pl.when(pl.col("counts_until") <= now).then("counts_until")
    return began.with_columns(
        active.alias("active"),
        (~_alive(active)).alias("withdrawn"),
        pl.coalesce("fired_at", pl.col("counts_from").min().over(KEY)).alias("raised_at"),
        pl.max_horizontal(pl.col("counts_from").max(), ended.max()).over(KEY).alias("as_of"),
    ).filter(pl.col("active") | pl.col("withdrawn"))


def with_episodes(began: pl.DataFrame, moment: datetime, burst: BurstSettings) -> pl.DataFrame:
    """The rows that began by a moment; of the burst family those in an episode that was a burst by then."""
    of_bursts = began["family"] == BURST
    others = began.filter(~of_bursts) if of_bursts.any() else began
    bursts = began.filter(of_bursts)
    found = NO_EPISODES if bursts.is_empty() else episodes(bursts, moment, burst)
    if found.is_empty():
        nothing = [pl.lit(None, EPISODES[name]).alias(name) for name in ("fired_at", "holds")]
        return others.with_columns(nothing)
    told = bursts.drop("window").join(found, on=["subject", "lookup_id"])
    return pl.concat([others, told], how="diagonal")


def with_facts(signals: pl.DataFrame, facts: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    """The signals, in their order, with what is told of some of them: null where nothing is."""
    if facts.is_empty():
        told = {name: kind for name, kind in facts.schema.items() if name not in on}
        return signals.with_columns(pl.lit(None, kind).alias(name) for name, kind in told.items())
    return signals.join(facts, on=on, how="left", nulls_equal=True, maintain_order="left")


def _alive(active: pl.Expr) -> pl.Expr:
    """Whether enough still counts: as much as stood out, as many as make a burst, or anything at all."""
    persons = pl.col("person_day").filter(active).n_unique().over(KEY).cast(pl.Int64)
    records = pl.col("record_count").cast(pl.Int64).filter(active).sum().over(KEY)
    amount = pl.when(pl.col("counted") == RECORDS).then(records).otherwise(persons)
    return (
        pl.when(pl.col("least").is_not_null()).then(amount >= pl.col("least"))
        .when(pl.col("family") == BURST).then("holds")
        .otherwise(active.any().over(KEY))
    )  # fmt: skip
