"""Attendance into the days on which somebody took out far more than is usual in the role: records, or files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from services.detector.rules import EXPORTS
from services.detector.state.schemas import VOLUME_DAYS
from services.detector.thresholds import ExportSettings
from services.detector.volume.compare import SPAN_DAYS, peer_means, with_comparison

THOUSAND = 1000
ROLE, AGENCY = "role", "agency"
PERCENT = 100


@dataclass(frozen=True)
class Measure:
    """What is counted of a day: a column of ATTENDANCE, its name, and the fewest that stand out, in a role without a
    norm of its own too."""

    column: str
    counted: str
    fewest: int
    fewest_without_norm: int


def measures(settings: ExportSettings) -> tuple[Measure, ...]:
    """The ways to count a day's exports; the first by which a day stands out is told.

    Lists make the norm of a role that works with lists so high that hundreds of files taken out one by one stay below
    it; by persons they have a norm of their own.
    """
    return (
        Measure("exported", "records", settings.min_records, settings.min_records_without_norm),
        Measure("exported_persons", "persons", settings.min_persons, settings.min_persons_without_norm),
    )


def decide_exports(attendance: pl.DataFrame, days: pl.Series, settings: ExportSettings) -> pl.DataFrame:
    """Judges these local days; attendance must hold them and their history. Returns VOLUME_DAYS without decided_at.

    Records and persons are judged apart, and a day that stands out by both is told once. The norm is a percentile of
    the amount per day at work in the role, over the window that ends the day before, days without any export included:
    a few bursts do not move it. A role without enough days has none; then the norm of the whole agency counts, with a
    higher least number. Who has no role is compared with the agency. What several others of the role also did within
    about a month, such as the lists that follow a month's end, is not far above them however rare such days are.
    """
    schema = {name: kind for name, kind in VOLUME_DAYS.items() if name != "decided_at"}
    found = [pl.DataFrame(schema=schema)]
    for measure in measures(settings):
        counted = attendance.with_columns(pl.col(measure.column).alias("amount"))
        found += [row.select(list(schema)) for row in _standing_out(counted, days, measure, settings)]
    return pl.concat(found).unique(["employee", "day"], keep="first", maintain_order=True)


def _standing_out(
    attendance: pl.DataFrame, days: pl.Series, measure: Measure, settings: ExportSettings
) -> Iterator[pl.DataFrame]:
    """A row for each employee-day whose `amount` stands out, by day and employee."""
    many = attendance.filter(pl.col("day").is_in(days.implode()) & (pl.col("amount") >= measure.fewest))
    window = timedelta(days=settings.window_days)
    for (day,), today in many.sort("day", "employee").group_by("day", maintain_order=True):
        before = attendance.filter((pl.col("day") < day) & (pl.col("day") >= pl.lit(day) - pl.lit(window)))
        month = timedelta(days=settings.similar_days)
        recent = attendance.filter((pl.col("day") <= day) & (pl.col("day") > pl.lit(day) - pl.lit(month)))
        high = _above_others(_with_norm(today, before, measure, settings), recent, settings)
        for row in high.filter(pl.col("amount") >= pl.col("least")).iter_slices(1):
            yield _told(row, attendance, measure)


def history_days(settings: ExportSettings) -> int:
    """How many days before a day its judgement needs."""
    return max(settings.window_days, settings.similar_days, SPAN_DAYS)


def _with_norm(today: pl.DataFrame, before: pl.DataFrame, measure: Measure, settings: ExportSettings) -> pl.DataFrame:
    """Adds norm, history_days, peers, compared_with (the role, or else the agency) and least."""
    of_roles = before.group_by("role").agg(_norm(settings)).with_columns(pl.lit(ROLE).alias("compared_with"))
    of_roles = of_roles.filter(pl.col("history_days") >= settings.min_norm_days)
    of_agency = {**before.select(_norm(settings)).row(0, named=True), "compared_with": AGENCY}
    compared = today.join(of_roles, on="role", how="left", maintain_order="left")
    compared = compared.with_columns(pl.coalesce(name, pl.lit(value)) for name, value in of_agency.items())
    proven = pl.col("history_days") >= settings.min_norm_days
    has_norm = (pl.col("compared_with") == ROLE) | (pl.col("role").is_null() & proven)
    fewest = pl.when(has_norm).then(measure.fewest).otherwise(measure.fewest_without_norm)
    return compared.with_columns(
        pl.max_horizontal(fewest.cast(pl.Int64), settings.factor * pl.col("norm") + 1).alias("least")
    )


def _above_others(judged: pl.DataFrame, recent: pl.DataFrame, settings: ExportSettings) -> pl.DataFrame:
    """Raises `least` above what so many others of the role took out on a day of the last weeks, this one included."""
    busiest = recent.filter(pl.col("amount") > 0).group_by("role", "employee").agg(pl.col("amount").max())
    others = judged.select("role", pl.col("employee").alias("asked")).join(busiest, on="role")
    others = others.filter(pl.col("employee") != pl.col("asked"))
    similar = others.group_by("asked").agg(
        pl.col("amount").sort(descending=True).get(settings.similar_peers - 1, null_on_oob=True).alias("similar")
    )
    told = judged.join(similar, left_on="employee", right_on="asked", how="left", maintain_order="left")
    above = settings.factor * pl.col("similar").fill_null(0) + 1
    return told.with_columns(pl.max_horizontal("least", above).alias("least"))


def _norm(settings: ExportSettings) -> list[pl.Expr]:
    """The nearest-rank percentile of the amount per day at work (0 without any), and of how many days and employees."""
    rank = (settings.norm_percentile * pl.len().cast(pl.Int64) + PERCENT - 1) // PERCENT
    return [
        pl.col("amount").sort().get(rank - 1, null_on_oob=True).fill_null(0).alias("norm"),
        pl.len().cast(pl.Int64).alias("history_days"),
        pl.col("employee").n_unique().cast(pl.Int64).alias("peers"),
    ]


def _told(row: pl.DataFrame, attendance: pl.DataFrame, measure: Measure) -> pl.DataFrame:
    """One employee's day with the columns of VOLUME_DAYS; the comparison holds this day's norm throughout."""
    place = ["role"] if row["compared_with"][0] == ROLE else []
    recent = attendance.filter(pl.col("day") > pl.lit(row["day"][0]) - pl.lit(timedelta(days=SPAN_DAYS)))
    daily = peer_means(recent, "amount", place).filter(pl.col("employee") == row["employee"][0])
    daily = daily.select(
        "employee", "day", "peers", pl.col("amount").alias("own"), pl.lit(row["norm"][0]).alias("expected")
    )
    return with_comparison(row, daily).with_columns(
        pl.lit(EXPORTS).alias("family"),
        pl.lit(measure.counted).alias("counted"),
        pl.col("day").alias("since"),
        pl.col("day").alias("until"),
        (pl.col("norm") * THOUSAND).alias("expected"),
        pl.col("amount").alias("workload"),
        pl.lit(0, pl.Int64).alias("usual_workload"),
    )
