"""Reads into the days on which a reader opened, or searched for, far more identities than the others do."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from services.core.calendar import AgencyCalendar
from services.detector.members import PERSONS
from services.detector.rules import REVEALS
from services.detector.state.schemas import VOLUME_DAYS
from services.detector.state.tables import bucket_of
from services.detector.thresholds import ReaderSettings

THOUSAND, PERCENT = 1000, 100
OTHERS, NOBODY = "readers", "none"
"""What a day was compared with; where the others have too few days, with nothing."""


def decide_reveals(reads: pl.DataFrame, over: date, settings: ReaderSettings, calendar: AgencyCalendar) -> pl.DataFrame:
    """Frame of VOLUME_DAYS: every day until `over` that stands out among all reads (READS).

    A day of a reader counts how many identities were opened or searched for on it, each once. It is compared with the
    days on which the other readers read anything, in the weeks before: with their mean, which a single busy day hardly
    moves where there are few readers, and with what nearly all of their days stay within.
    """
    days = _days(reads.filter(pl.col("day") <= over))
    found = [pl.DataFrame(schema=VOLUME_DAYS)]
    for row in days.filter(pl.col("amount") >= settings.min_identities).sort("day", "employee").iter_slices(1):
        judged = _with_norm(row, days, settings)
        if judged["amount"][0] >= judged["least"][0]:
            found.append(_told(judged, days, settings, calendar))
    return pl.concat(found)


def _days(reads: pl.DataFrame) -> pl.DataFrame:
    """Per reader and day with any read the number of identities opened or searched for (`amount`)."""
    opened = pl.col("subject").filter("opened").n_unique().cast(pl.Int64).alias("amount")
    return reads.group_by("employee", "day").agg(opened).sort("day", "employee")


def _with_norm(row: pl.DataFrame, days: pl.DataFrame, settings: ReaderSettings) -> pl.DataFrame:
    """Adds least, norm (thousandths), history_days, peers and compared_with to one reader's day."""
    day, employee = row["day"][0], row["employee"][0]
    since = day - timedelta(days=settings.window_days)
    others = days.filter((pl.col("employee") != employee) & (pl.col("day") < day) & (pl.col("day") >= since))
    count, total = others.height, int(others["amount"].sum())
    least = settings.min_identities_alone
    if enough := count >= settings.min_days:
        rank = (settings.norm_percentile * count + PERCENT - 1) // PERCENT
        usual = int(others["amount"].sort()[rank - 1])
        least = max(settings.min_identities, -(-settings.factor * total // count), usual + 1)
    return row.with_columns(
        pl.lit(least, pl.Int64).alias("least"),
        pl.lit(THOUSAND * total // count if enough else 0, pl.Int64).alias("norm"),
        pl.lit(count, pl.Int64).alias("history_days"),
        pl.lit(others["employee"].n_unique(), pl.Int64).alias("peers"),
        pl.lit(OTHERS if enough else NOBODY).alias("compared_with"),
    )


def _told(row: pl.DataFrame, days: pl.DataFrame, settings: ReaderSettings, calendar: AgencyCalendar) -> pl.DataFrame:
    """One day that stands out with the columns of VOLUME_DAYS."""
    end = calendar.instant(pl.col("day") + pl.duration(days=1))
    told = row.with_columns(
        pl.lit(REVEALS).alias("family"),
        pl.col("day").alias("since"),
        pl.col("day").alias("until"),
        end.alias("decided_at"),
        pl.lit(PERSONS).alias("counted"),
        pl.col("norm").alias("expected"),
        pl.col("amount").alias("workload"),
        pl.lit(0, pl.Int64).alias("usual_workload"),
        pl.Series("comparison", [_comparison(row, days, settings)], VOLUME_DAYS["comparison"]),
        bucket_of(pl.col("day")),
    )
    return told.select(pl.col(name).cast(kind) for name, kind in VOLUME_DAYS.items())


def _comparison(row: pl.DataFrame, days: pl.DataFrame, settings: ReaderSettings) -> list[dict[str, object]]:
    """The reader's own days of these weeks beside the mean of the others who read on the same day."""
    day, employee, norm = row["day"][0], row["employee"][0], row["norm"][0] / THOUSAND
    recent = days.filter((pl.col("day") <= day) & (pl.col("day") > day - timedelta(days=settings.window_days)))
    others = recent.filter(pl.col("employee") != employee).group_by("day").agg(pl.col("amount").mean().alias("peers"))
    own = recent.filter(pl.col("employee") == employee).join(others, on="day", how="left").sort("day")
    told = own.select("day", pl.col("amount").alias("own"), pl.col("peers").fill_null(0.0).round(3))
    return [each | {"expected": norm} for each in told.iter_rows(named=True)]
