"""Features and attendance into the weeks in which somebody opened far more files without explanation than peers do."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from services.detector.rules import PEERS
from services.detector.state.schemas import VOLUME_DAYS
from services.detector.thresholds import PeerSettings
from services.detector.volume.tail import false_discovery_threshold, least_count, tail

WEEK = timedelta(days=7)
FORTNIGHT_DAYS = 14
LEAST_MEAN = 0.05
LEAST_DISPERSION, MOST_DISPERSION = 0.1, 3.0
WITHIN = 95
"""Of 100 fortnights the dispersion takes this many as they are; higher totals count as the highest of these, so that
the misuse of one employee does not hide that of another."""
THOUSAND = 1000
PLACE = ["role", "department"]
GROUP, AGENCY = "role-and-department", "agency"


def decide_week(worked: pl.DataFrame, monday: date, settings: PeerSettings) -> pl.DataFrame:
    """Judges the fortnight that ends with a week. Returns VOLUME_DAYS but decided_at and comparison.

    `worked` holds employee-days of that fortnight and the window before it (FEATURES with role and department), but
    for days that stand out by themselves. The expectation is the mean per day at work of the others in the same role
    and department before the fortnight, shrunk to the agency's, times the days at work, times the explained work per
    day over theirs (never below 1). Who works where there are few others is compared with the agency.
    """
    start = monday - WEEK
    past = worked.filter((pl.col("day") < start) & (pl.col("day") >= start - timedelta(days=settings.window_days)))
    now = worked.filter((pl.col("day") >= start) & (pl.col("day") < monday + WEEK))
    schema = {name: kind for name, kind in VOLUME_DAYS.items() if name not in ("decided_at", "comparison")}
    if past["day"].n_unique() < settings.min_history_days:
        return pl.DataFrame(schema=schema)
    judged = _with_expectation(_fortnight(now, monday), past, settings)
    high = judged.filter((pl.col("persons") >= settings.min_subjects) & (_days_above(judged, now) >= settings.min_days))
    if high.is_empty():
        return pl.DataFrame(schema=schema)
    standing = _standing_out(high, judged.height, dispersion(past, start), settings)
    named = standing.with_columns(
        pl.lit(PEERS).alias("family"),
        pl.lit("person-days").alias("counted"),
        pl.lit(monday).alias("day"),
        pl.lit(start).alias("since"),
        pl.lit(monday + WEEK - timedelta(days=1)).alias("until"),
    )
    return named.with_columns(pl.col("day").cast(pl.Int32).alias("bucket")).select(
        pl.col(name).cast(kind) for name, kind in schema.items()
    )


def dispersion(past: pl.DataFrame, end: date) -> float:
    """Method of moments over everybody's fortnights before a day, in whole sums: (variance - mean) / mean squared."""
    block = ((pl.lit(end) - pl.col("day")).dt.total_days() - 1) // FORTNIGHT_DAYS
    totals = past.group_by("employee", block.alias("block")).agg(
        pl.col("unexplained").sum().alias("y"), pl.len().cast(pl.Int64).alias("days")
    )
    rank = (WITHIN * totals.height + 99) // 100
    y, days = pl.min_horizontal("y", pl.lit(totals["y"].sort()[rank - 1])), pl.col("days")
    sums = totals.select(
        (y * y).sum().alias("yy"), (y * days).sum().alias("yd"), (days * days).sum().alias("dd"), days.sum(), y.sum()
    )
    yy, yd, dd, count, total = (int(value) for value in sums.row(0))
    if not total:
        return LEAST_DISPERSION
    mean = total / count
    raw = (yy - 2 * mean * yd + mean * mean * dd - total) / (mean * mean * dd)
    return min(max(raw, LEAST_DISPERSION), MOST_DISPERSION)


def _fortnight(now: pl.DataFrame, monday: date) -> pl.DataFrame:
    """One row per employee at work in the week: place, days at work, persons without explanation, explained work."""
    present = now.filter(pl.col("day") >= monday)["employee"].unique()
    mine = now.filter(pl.col("employee").is_in(present.implode())).sort("employee", "day")
    return mine.group_by("employee", maintain_order=True).agg(
        *(pl.col(name).last() for name in PLACE),
        pl.len().cast(pl.Int64).alias("history_days"),
        pl.col("unexplained").sum().alias("persons"),
        pl.col("workload").sum(),
        (pl.col("workload") - pl.col("unexplained")).sum().alias("explained"),
    )


def _with_expectation(fortnight: pl.DataFrame, past: pl.DataFrame, settings: PeerSettings) -> pl.DataFrame:
    """Adds mean (persons expected), usual_workload, peers and compared_with."""
    sums = [
        pl.len().cast(pl.Int64).alias("days"),
        pl.col("unexplained").sum().alias("sum"),
        (pl.col("workload") - pl.col("unexplained")).sum().alias("work"),
        pl.col("employee").n_unique().cast(pl.Int64).alias("people"),
    ]
    of_place, own = past.drop_nulls(PLACE).group_by(PLACE).agg(sums), past.group_by("employee", *PLACE).agg(sums)
    of_agency = past.select(sums)
    joined = fortnight.join(of_place, on=PLACE, how="left", maintain_order="left").join(
        own, on=["employee", *PLACE], how="left", maintain_order="left", suffix="_own"
    )
    others = joined.with_columns(
        (pl.col(name).fill_null(0) - pl.col(f"{name}_own").fill_null(0)).alias(name)
        for name in ("days", "sum", "work", "people")
    )
    few = pl.col("people") < settings.min_peers

    def per_day(name: str) -> pl.Expr:
        mean = of_agency[name][0] / of_agency["days"][0]
        shrunk = (pl.col(name) + settings.prior_days * mean) / (pl.col("days") + settings.prior_days)
        return pl.when(few).then(mean).otherwise(shrunk)

    busier = pl.max_horizontal(
        pl.col("explained") / pl.col("history_days") / pl.max_horizontal(per_day("work"), pl.lit(1.0)), pl.lit(1.0)
    )
    return others.with_columns(
        pl.max_horizontal(per_day("sum") * pl.col("history_days") * busier, pl.lit(LEAST_MEAN)).alias("mean"),
        (per_day("work") * THOUSAND).round().cast(pl.Int64).alias("usual_workload"),
        pl.when(few).then(of_agency["people"][0]).otherwise("people").alias("peers"),
        pl.when(few).then(pl.lit(AGENCY)).otherwise(pl.lit(GROUP)).alias("compared_with"),
    )


def _days_above(judged: pl.DataFrame, now: pl.DataFrame) -> pl.Series:
    """Per row of `judged`: days with at least two persons without explanation, and more than expected of a day."""
    daily = judged.select("employee", (pl.col("mean") / pl.col("history_days")).alias("daily"))
    above = now.join(daily, on="employee").filter(pl.col("unexplained") > pl.max_horizontal("daily", pl.lit(1.0)))
    counted = above.group_by("employee").agg(pl.len().alias("above"))
    return judged.join(counted, on="employee", how="left", maintain_order="left")["above"].fill_null(0)


def _standing_out(high: pl.DataFrame, tests: int, spread: float, settings: PeerSettings) -> pl.DataFrame:
    """The employees whose persons are a discovery, with `least` and `expected` (thousandths)."""
    mean, spreads = high["mean"].to_numpy(), np.full(high.height, spread)
    chances = tail(high["persons"].to_numpy(), mean, spreads)
    threshold = false_discovery_threshold(chances, settings.false_discovery_rate, tests)
    least = np.maximum(least_count(threshold, mean, spreads), settings.min_subjects) if threshold else mean
    return high.with_columns(
        pl.Series("least", least).cast(pl.Int64),
        (pl.col("mean") * THOUSAND).round().cast(pl.Int64).alias("expected"),
    ).filter(pl.Series(chances <= threshold))
