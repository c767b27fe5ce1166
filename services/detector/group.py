"""Contributions into the rows of each signal as of a moment: per rule family, employee, subject and window."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from services.detector.burst import candidates, episodes
from services.detector.rules import BURST, EXPORTS, MANY_PERSONS, ORDINARY, PEERS, SPECIAL, VOLUME
from services.detector.settings import BurstSettings

KEY = ["family", "employee", "about", "window"]
"""What makes a signal: `about` is the subject, null where it is about many persons; bursts have no employee."""

MOMENTS = ("counts_from", "counts_until", "linked_at", "retroactive_at", "reported_at")
"""Columns of moments at which a contribution changes what is told."""


def by_window(contributions: pl.DataFrame, volume_days: pl.DataFrame) -> pl.DataFrame:
    """Contributions as they count with their window and `viewer`.

    Lookups of a day or week that stands out count for that too, and those of several employees at one person for that
    person. What was exported counts for nothing else.
    """
    seen = contributions.with_columns(pl.col("employee").alias("viewer"))
    pairs = seen.filter(pl.col("family") != EXPORTS).with_columns(pl.lit(None, pl.Date).alias("window"))
    crowds = seen.join(_member_days(volume_days), on=["family", "employee", "day"])
    crowds = crowds.filter(
        pl.col("counts_until").is_null() | (pl.col("counts_until") > pl.max_horizontal("counts_from", "decided_at"))
    ).with_columns(
        pl.col("stands_out").alias("family"),
        pl.struct("subject", "day").hash().alias("person_day"),
        pl.max_horizontal("counts_from", "decided_at").alias("counts_from"),
    )
    return pl.concat([pairs, crowds, candidates(pairs)], how="diagonal").with_columns(
        pl.when(~pl.col("family").is_in(MANY_PERSONS)).then("subject").alias("about")
    )


def _member_days(volume_days: pl.DataFrame) -> pl.DataFrame:
    """Which contributions (family, employee, day) belong to what stands out (`stands_out`, `window`).

    Days that stand out by themselves are no part of the fortnight around them.
    """
    exports = pl.col("family") == EXPORTS
    of = pl.when(exports).then(pl.lit([EXPORTS])).otherwise(pl.lit(list(ORDINARY)))
    told = volume_days.select(
        of.alias("of"), pl.col("family").alias("stands_out"), "employee", "day", "decided_at", "least",
        pl.col("day").alias("window"),
    ).explode("of").rename({"of": "family"})  # fmt: skip
    of_weeks = pl.col("stands_out") == PEERS
    own = told.filter(pl.col("stands_out") == VOLUME).select("employee", "day").unique()
    fortnight = pl.date_ranges(pl.col("day") - pl.duration(days=7), pl.col("day") + pl.duration(days=6))
    weeks = told.filter(of_weeks).with_columns(fortnight.alias("day")).explode("day")
    return pl.concat([told.filter(~of_weeks), weeks.join(own, on=["employee", "day"], how="anti")])


def changes(windowed: pl.DataFrame) -> pl.Series:
    """The moments at which a contribution begins, ends or gets a case link."""
    moments = [windowed[name] for name in MOMENTS]
    return pl.concat([moment.rename("moment") for moment in moments]).drop_nulls()


def as_of(windowed: pl.DataFrame, moment: datetime, burst: BurstSettings) -> pl.DataFrame:
    """The rows that count for each signal at a moment, with `withdrawn` where nothing counts any more.

    A withdrawn signal keeps every lookup that ever counted. A lookup of class P counts as soon as it is there.
    """
    at_once = pl.col("family").is_in(SPECIAL) & (pl.col("counts_from") == pl.col("at"))
    began = with_episodes(windowed.filter(at_once | (pl.col("counts_from") <= moment)), moment, burst)
    active = pl.col("counts_until").is_null() | (pl.col("counts_until") > moment)
    ended = pl.when(pl.col("counts_until") <= moment).then("counts_until")
    return began.with_columns(
        active.alias("active"),
        (~_alive(active)).alias("withdrawn"),
        pl.coalesce("fired_at", pl.col("counts_from").min().over(KEY)).alias("raised_at"),
        pl.max_horizontal(pl.col("counts_from").max(), ended.max()).over(KEY).alias("as_of"),
    ).filter(pl.col("active") | pl.col("withdrawn"))


def with_episodes(began: pl.DataFrame, moment: datetime, burst: BurstSettings) -> pl.DataFrame:
    """The rows that began by a moment; of the burst family those in an episode that was a burst by then."""
    crowds = began.filter(pl.col("family") == BURST)
    found = episodes(crowds, moment, burst)
    told = crowds.drop("window").join(found, on=["subject", "lookup_id"])
    return pl.concat([began.filter(pl.col("family") != BURST), told], how="diagonal")


def _alive(active: pl.Expr) -> pl.Expr:
    """Whether enough still counts: as much as stood out, as many as make a burst, or anything at all."""
    persons = pl.col("person_day").filter(active).n_unique().over(KEY).cast(pl.Int64)
    records = pl.col("record_count").cast(pl.Int64).filter(active).sum().over(KEY)
    amount = pl.when(pl.col("family") == EXPORTS).then(records).otherwise(persons)
    return (
        pl.when(pl.col("least").is_not_null()).then(amount >= pl.col("least"))
        .when(pl.col("family") == BURST).then("holds")
        .otherwise(active.any().over(KEY))
    )  # fmt: skip
