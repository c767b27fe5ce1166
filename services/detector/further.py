"""Optional registers into indexes, and into link rows that the engine reads like any case link.

A dataset may lack each of them. Rows of one period that were registered more than once are corrections: the newest
says how long the period lasts, and each says since when that was known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from services.core.calendar import AgencyCalendar
from services.detector.explain.base import LINKED_PERSON, OF_CASES, SELF_REPORT
from services.detector.register_index import RegisterIndex
from services.detector.settings import AgencySettings

AN_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Further:
    """Validated frames of the optional registers (CASE_PARTY, SELF_REPORT, STATEMENT, ABSENCE); null: not delivered."""

    case_parties: pl.DataFrame | None = None
    self_reports: pl.DataFrame | None = None
    statements: pl.DataFrame | None = None
    absences: pl.DataFrame | None = None


@dataclass(frozen=True)
class ReportMargins:
    """How soon a self-report must come, and which lookups around its moment it is about."""

    calendar: AgencyCalendar
    working_days: int
    minutes: int


def report_margins(settings: AgencySettings, calendar: AgencyCalendar) -> ReportMargins:
    """The margins of self-reports that this agency chose."""
    return ReportMargins(calendar, settings.self_report_working_days, settings.self_report_minutes)


def as_corrected(rows: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    """The rows, each ending no later than the newest registration of the same period (`key` and valid_from) says.

    Of equal registrations the one that ends first counts; rows that last no time are left out.
    """
    period = [*key, "valid_from"]
    known = pl.col("known_from")
    newest = pl.col("valid_to").filter(known == known.max()).min().over(period)
    cut = rows.with_columns(pl.min_horizontal("valid_to", newest).alias("valid_to"))
    return cut.filter(pl.col("valid_to").is_null() | (pl.col("valid_from") < pl.col("valid_to"))).unique()


def party_links(links: RegisterIndex, parties: pl.DataFrame) -> pl.DataFrame:
    """Links to each party of a case, for who handled the case then.

    A party counts from when it was written down in the case: the register does not tell who wrote it, so what was
    written after a lookup does not explain it.
    """
    wanted = parties.select(
        "case",
        pl.col("subject").alias("party"),
        pl.col("subject_check").alias("party_check"),
        pl.max_horizontal("valid_from", "known_from").alias("party_from"),
        pl.col("valid_to").alias("party_to"),
    )
    of_cases = links.where("case", wanted["case"]).filter(pl.col("link_kind").is_in(OF_CASES))
    both = of_cases.join(wanted, on="case").filter(pl.col("party") != pl.col("subject"))
    derived = both.with_columns(
        pl.col("party").alias("subject"),
        pl.col("party_check").alias("subject_check"),
        pl.lit(LINKED_PERSON).alias("link_kind"),
        pl.max_horizontal("valid_from", "party_from").alias("valid_from"),
        pl.min_horizontal("valid_to", "party_to").alias("valid_to"),
    ).select(of_cases.columns)
    return derived.filter(pl.col("valid_to").is_null() | (pl.col("valid_from") < pl.col("valid_to")))


def report_links(reports: pl.DataFrame, margins: ReportMargins, links: pl.DataFrame) -> pl.DataFrame:
    """Links (columns of `links`) of an employee to the person whose file was opened by mistake, by own report.

    One that came too late has none. A lookup after the report is not what was reported.
    """
    around = timedelta(minutes=margins.minutes)
    day = margins.calendar.local_day(pl.col("occurred_at"))
    days = reports.select(day.alias("day")).to_series()
    graced = margins.calendar.working_days_after(days, margins.working_days)
    due = reports.with_columns(day.alias("day")).join(graced, on="day", how="left", maintain_order="left")
    in_time = pl.col("known_from") < margins.calendar.instant(pl.col("graced") + pl.duration(days=1))
    ends = pl.min_horizontal(pl.col("occurred_at") + around, "known_from") + AN_INSTANT
    rows = due.filter(in_time & (pl.col("known_from") >= pl.col("occurred_at"))).with_columns(
        pl.col("report_id").alias("link_id"),
        pl.col("employee").alias("assignee"),
        pl.lit(value=False).alias("to_team"),
        pl.lit(SELF_REPORT).alias("link_kind"),
        (pl.col("occurred_at") - around).alias("valid_from"),
        ends.alias("valid_to"),
        *(pl.lit(None, links.schema[name]).alias(name) for name in ("registered_by_employee", "known_until", "case")),
    )
    return rows.select(pl.col(name).cast(links.schema[name]) for name in links.columns)
