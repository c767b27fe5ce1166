"""Lookups into the cases that colleagues of the viewer's team had of the same person."""

from __future__ import annotations

import polars as pl

from services.core.calendar import AgencyCalendar
from services.detector.explain.base import covers
from services.detector.leave import away
from services.detector.registers import Registers

SELF_MADE = (pl.col("known_from") > pl.col("at")) & pl.col("registered_by_employee").eq_missing(pl.col("employee"))
STANDING = pl.col("known_until").is_null() | (pl.max_horizontal("at", "known_from") < pl.col("known_until"))
SOMEBODY_ELSES = (
    (pl.col("subject_check_of_link") == pl.col("subject_check"))
    & (pl.col("assignee") != pl.col("employee"))
    & covers()
    & ~SELF_MADE
    & STANDING
)


def colleague_cases(lookups: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """One row per lookup and colleague's link in force then, as row, at, day, role, colleague and known_from.

    A link that the viewer registers afterwards is no colleague's doing, a contact nothing to take over: both are left
    out.
    """
    asked = lookups[["row", "at", "day", "employee", "team", "role", "subject", "subject_check"]]
    links = registers.links.rows(asked["subject"])
    links = links.filter(~links["to_team"] & (links["link_kind"] != "contact"))
    cases = asked.join(links, on="subject", suffix="_of_link").filter(SOMEBODY_ELSES)
    cases = cases[["row", "at", "day", "role", "team", "assignee", "known_from"]].rename({"assignee": "colleague"})
    return _of_the_team(cases, registers)[["row", "at", "day", "role", "colleague", "known_from"]]


def _of_the_team(cases: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    if cases.is_empty():
        return cases
    periods = registers.employees.rows(cases["colleague"]).select(
        pl.col("employee").alias("colleague"),
        pl.col("team").alias("colleague_team"),
        pl.col("valid_from").alias("team_from"),
        pl.col("valid_to").alias("team_to"),
    )
    in_force = (pl.col("team_from") <= pl.col("at")) & (
        pl.col("team_to").is_null() | (pl.col("at") < pl.col("team_to"))
    )
    return cases.join(periods, on="colleague").filter(in_force & (pl.col("colleague_team") == pl.col("team")))


def with_absence(
    cases: pl.DataFrame, around: pl.DataFrame, calendar: AgencyCalendar, registers: Registers
) -> pl.DataFrame:
    """Adds colleague_absent, absence_known and working_day to colleague_cases.

    Absent is who had leave or was otherwise away at that moment, known since the register says so, and who looked at
    nothing that local day, known when it is over.
    """
    working = [day for day in cases["day"].unique() if calendar.is_working_day(day)]
    looks = around.select(pl.col("employee").alias("colleague"), "day")
    looks = looks.join(cases, on=["colleague", "day"], how="semi").unique()
    seen = looks.with_columns(pl.lit(value=True).alias("seen"))
    told = cases.join(seen, on=["colleague", "day"], how="left", maintain_order="left")
    told = told.with_columns(away(told, registers, "colleague"))
    idle_from = pl.when(pl.col("seen").is_null()).then(calendar.instant(pl.col("day") + pl.duration(days=1)))
    return told.with_columns(
        (pl.col("seen").is_null() | pl.col("away_known").is_not_null()).alias("colleague_absent"),
        pl.min_horizontal(idle_from, "away_known").alias("absence_known"),
        pl.col("day").is_in(working).alias("working_day"),
    )
