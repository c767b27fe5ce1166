"""Unexplained lookups of an employee's day into enumerations: numbers that follow one another, or a pace.

What was explained by the end of the day says nothing, nor does work from a list of cases or tasks, nor what was taken
out of the systems: that has a rule of its own.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from services.core.calendar import AgencyCalendar
from services.core.contract import INSTANT
from services.detector.contribute import TAKEN_OUT
from services.detector.members import PERSON_DAYS
from services.detector.neighbours import pairs
from services.detector.rules import ENUMERATION
from services.detector.state.schemas import VOLUME_DAYS
from services.detector.state.tables import bucket_of
from services.detector.thresholds import EnumerationSettings

EMPLOYEE_DAY = ["employee", "day"]
PERSON_OF_DAY = [*EMPLOYEE_DAY, "subject"]
BY_NUMBER = ("bsn", "other")
FOUND_BY_NUMBER = (
    (pl.col("linked_at").is_null() | (pl.col("linked_at") > pl.col("at")))
    & (pl.col("searched_by").is_null() | pl.col("searched_by").is_in(BY_NUMBER))
    & pl.col("subject").is_not_null()
    & ~pl.col("action").is_in(TAKEN_OUT)
)
NUMBERS, PACE = "numbers", "pace"
AN_HOUR = timedelta(hours=1)
RUNS = {
    "lookup_id": pl.String(), "counts_from": INSTANT, "employee": pl.Int64(), "day": pl.Date(),
    "least": pl.Int64(), "compared_with": pl.String(),
}  # fmt: skip

NO_RUNS = pl.DataFrame(schema=RUNS)


def by_number(known: pl.DataFrame) -> pl.DataFrame:
    """Lookups of a person, found by number, that no case link explained at that moment."""
    return known.filter(FOUND_BY_NUMBER)


def runs(
    found: pl.DataFrame, nearby: pl.DataFrame, settings: EnumerationSettings, calendar: AgencyCalendar
) -> pl.DataFrame:
    """Frame of RUNS: the lines of each employee-day that is an enumeration; numbers in a row tell more than a pace.

    `found` are lookups by number (KNOWN), whole employee-days; `nearby` persons with neighbouring numbers (NEARBY).
    """
    if found.is_empty():
        return NO_RUNS
    fewest = min(settings.min_numbers, settings.min_persons_an_hour)
    crowded = found.group_by(EMPLOYEE_DAY).agg(pl.len().alias("lines")).filter(pl.col("lines") >= fewest)
    if crowded.is_empty():
        return NO_RUNS
    ends = crowded.select(*EMPLOYEE_DAY, calendar.instant(pl.col("day").dt.offset_by("1d")).alias("end"))
    left = found.join(ends, on=EMPLOYEE_DAY)
    left = left.filter(left["linked_at"].is_null() | (left["linked_at"] > left["end"]))
    rows = _in_a_row(left, nearby, settings)
    fast = _at_a_pace(left, settings.min_persons_an_hour).join(rows, on=EMPLOYEE_DAY, how="anti")
    return pl.concat([_told(rows, settings.min_numbers, NUMBERS), _told(fast, settings.min_persons_an_hour, PACE)])


def as_days(found: pl.DataFrame) -> pl.DataFrame:
    """Frame of VOLUME_DAYS: the days of these runs (RUNS), each decided at its end."""
    days = found.select(*EMPLOYEE_DAY, "least", "compared_with", pl.col("counts_from").alias("decided_at")).unique()
    none = [
        pl.lit(0, pl.Int64).alias(name) for name in ("expected", "history_days", "workload", "usual_workload", "peers")
    ]
    return days.with_columns(
        *none,
        pl.lit(ENUMERATION).alias("family"),
        pl.lit(PERSON_DAYS).alias("counted"),
        pl.col("day").alias("since"),
        pl.col("day").alias("until"),
        pl.lit([], VOLUME_DAYS["comparison"]).alias("comparison"),
        bucket_of(pl.col("day")),
    ).select(list(VOLUME_DAYS))


def _told(rows: pl.DataFrame, least: int, kind: str) -> pl.DataFrame:
    return rows.select(
        "lookup_id", pl.col("end").alias("counts_from"), *EMPLOYEE_DAY,
        pl.lit(least, pl.Int64).alias("least"), pl.lit(kind).alias("compared_with"),
    )  # fmt: skip


def _in_a_row(left: pl.DataFrame, nearby: pl.DataFrame, settings: EnumerationSettings) -> pl.DataFrame:
    """Lines on persons whose number is next to that of another one opened within minutes, where these are enough."""
    beside = left.join(nearby, on="subject", how="semi")
    if beside.is_empty():
        return beside
    met = pairs(beside, beside, "employee", timedelta(minutes=settings.minutes))
    met = met.filter(pl.col("day") == pl.col("day_near"))
    hanging = met.join(nearby, left_on=["subject", "subject_near"], right_on=["subject", "other"], how="semi")
    rows = left.join(hanging, on="lookup_id", how="semi")
    return rows.filter(pl.col("subject").n_unique().over(EMPLOYEE_DAY) >= settings.min_numbers)


def _at_a_pace(left: pl.DataFrame, least: int) -> pl.DataFrame:
    """Lines that open a person for the first time that day, within an hour in which enough persons were opened."""
    firsts = left.sort(*EMPLOYEE_DAY, "at", "lookup_id").unique(PERSON_OF_DAY, keep="first", maintain_order=True)
    firsts = firsts.filter(pl.len().over(EMPLOYEE_DAY) >= least)
    last = pl.col("at").shift(1 - least).over(EMPLOYEE_DAY)
    begins = (last - pl.col("at") <= AN_HOUR).fill_null(value=False).cast(pl.Int64)
    marked = firsts.with_columns(begins.alias("begins"))
    within = pl.col("begins").rolling_max(least, min_samples=1).over(EMPLOYEE_DAY) == 1
    return marked.filter(within)
