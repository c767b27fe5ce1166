"""Signals into families of signals: what is part of a weightier story gets that signal as its parent."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import polars as pl

from services.detector.group import as_of, with_facts
from services.detector.rules import (
    BURST,
    ENUMERATION,
    EXPORTS,
    LEAVER,
    PEERS,
    SEARCH,
    SHARE,
    UNEXPLAINED,
    VOLUME,
)
from services.detector.thresholds import BurstSettings

WEIGHTIER = (EXPORTS, ENUMERATION)
"""What a day's persons may be part of, weightiest first."""
PERIODS = (SHARE, PEERS, SEARCH)
"""Fortnights and months that may follow on one another, weightiest first."""
PERIOD = ["family", "employee", "window"]
PERIOD_SCHEMA = {"family": pl.String(), "employee": pl.Int64(), "window": pl.Date()}
AROUND = {**PERIOD_SCHEMA, "around": pl.String(), "around_window": pl.Date()}
"""What a signal is part of."""
CHAINS = {**PERIOD_SCHEMA, "chain": pl.UInt32(), "first": pl.Boolean(), "continued": pl.Int64()}
"""Which periods follow on one another."""
FIVE_WEEKS = 35
"""Days between the beginnings of two periods that still make one story: a month, and a few days."""

NOTHING_AROUND, NO_CHAINS = (pl.DataFrame(schema=schema) for schema in (AROUND, CHAINS))


def with_parents(
    signals: pl.DataFrame, everything: pl.DataFrame, moment: datetime, burst: BurstSettings, silent: Collection[str]
) -> pl.DataFrame:
    """Adds `parent_family` and `parent_window` (null: no parent), and `continued` (see chains).

    One employee's looks at a person belong to the latest standing burst that they are part of; a day's persons to the
    export, or else the enumeration, that stands out on that day; what stands out within somebody's last days of
    employment to these; a fortnight or month to the first of those that it follows on. A long watch, of class P, is a
    story of its own. `everything` are all windowed contributions; `silent` families make no signals, so no parents.
    """
    wanted = [family for family in (BURST, *WEIGHTIER, LEAVER, *PERIODS) if family not in silent]
    parents = as_of(everything.filter(pl.col("family").is_in(wanted)), moment, burst)
    standing = parents.filter(~parents["withdrawn"])
    bursts = (
        standing.filter(standing["family"] == BURST)
        .group_by(pl.col("viewer").alias("employee"), "about")
        .agg(pl.col("window").max().alias("parent_window"))
        .with_columns(pl.lit(UNEXPLAINED).alias("family"), pl.lit(BURST).alias("parent_family"))
    )
    crowded = (
        standing.filter(pl.col("family").is_in(WEIGHTIER))
        .select("employee", "window", pl.col("family").alias("day_family"), pl.lit(VOLUME).alias("family"))
        .sort(pl.col("day_family") != EXPORTS)
        .unique(["employee", "window"], keep="first", maintain_order=True)
    )
    told = with_facts(signals, bursts, ["family", "employee", "about"])
    told = with_facts(told, crowded, PERIOD)
    chained = chains(standing)
    told = with_facts(told, _around(signals, standing, chained), PERIOD)
    told = with_facts(told, chained.filter("first").select(*PERIOD, "continued"), PERIOD)
    of_burst = pl.when(~pl.col("long_watch"))
    day = pl.when(pl.col("day_family").is_not_null()).then("window")
    return told.with_columns(
        pl.coalesce(of_burst.then("parent_family"), "day_family", "around").alias("parent_family"),
        pl.coalesce(of_burst.then("parent_window"), day, "around_window").alias("parent_window"),
        pl.col("continued").fill_null(0),
    ).drop("day_family", "around", "around_window")


def _around(signals: pl.DataFrame, standing: pl.DataFrame, chained: pl.DataFrame) -> pl.DataFrame:
    """Table (AROUND): the standing signal whose part another one is."""
    inner = signals.filter(pl.col("family").is_in([VOLUME, *PERIODS])).select(*PERIOD, "since")
    return pl.concat([_before_leaving(inner, standing), _later_periods(chained)]).unique(
        PERIOD, keep="first", maintain_order=True
    )


def _before_leaving(inner: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    leaving = standing.filter(pl.col("family") == LEAVER).select(
        "employee", pl.col("window").alias("around_window"), pl.col("since").alias("around_since"),
        pl.lit(LEAVER).alias("around"),
    ).unique()  # fmt: skip
    if leaving.is_empty() or inner.is_empty():
        return NOTHING_AROUND
    within = inner.join(leaving, on="employee").filter(
        (pl.col("since") >= pl.col("around_since")) & (pl.col("window") <= pl.col("around_window"))
    )
    return within.sort("around_window").select(*PERIOD, "around", "around_window")


def _later_periods(chained: pl.DataFrame) -> pl.DataFrame:
    """The periods (see chains) that were raised after the first of their chain."""
    if chained.is_empty():
        return NOTHING_AROUND
    heads = chained.filter("first").select("employee", "chain", pl.col("family").alias("around"), "window")
    later = chained.filter(~pl.col("first"))
    return later.join(heads.rename({"window": "around_window"}), on=["employee", "chain"]).select(
        *PERIOD, "around", "around_window"
    )


def chains(standing: pl.DataFrame) -> pl.DataFrame:
    """Table (CHAINS) of standing fortnights and months.

    Those of one employee that begin within five weeks of one another are a chain. The one raised first tells the story,
    so that what comes later never takes its place in the queue; `continued` is how many others there are. What lies
    within somebody's last days of employment is a part of that.
    """
    inner = standing.filter(pl.col("family").is_in(PERIODS))
    if inner.is_empty():
        return NO_CHAINS
    periods = inner.group_by(PERIOD).agg(pl.col("since").first(), pl.col("raised_at").min())
    periods = periods.join(_before_leaving(periods, standing), on=PERIOD, how="anti")
    weight = pl.col("family").replace_strict({family: place for place, family in enumerate(PERIODS)})
    apart = (pl.col("since") - pl.col("since").shift(1).over("employee")).dt.total_days() > FIVE_WEEKS
    in_time = periods.sort("employee", "since", weight)
    chained = in_time.with_columns(apart.fill_null(value=False).cum_sum().over("employee").alias("chain"))
    of_chain = ["employee", "chain"]
    in_order = chained.sort(*of_chain, "raised_at", weight, "window")
    return in_order.select(
        *PERIOD,
        "chain",
        (pl.int_range(pl.len()).over(of_chain) == 0).alias("first"),
        (pl.len().over(of_chain).cast(pl.Int64) - 1).alias("continued"),
    )
