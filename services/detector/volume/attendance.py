"""Employee-days at work into where each was spent and how much left the systems on it."""

from __future__ import annotations

import polars as pl

from services.core.calendar import AgencyCalendar
from services.detector.registers import Registers
from services.detector.state.schemas import ATTENDANCE
from services.detector.state.tables import bucket_of

NOON = 12


def day_ends(days: pl.Series, calendar: AgencyCalendar) -> pl.DataFrame:
    """Table (day, decided_at): the end of each local day."""
    table = days.drop_nulls().unique().sort().to_frame("day")
    return table.with_columns(calendar.instant(pl.col("day") + pl.duration(days=1)).alias("decided_at"))


def day_attendance(
    pairs: pl.DataFrame, exports: pl.DataFrame, registers: Registers, calendar: AgencyCalendar
) -> pl.DataFrame:
    """Frame of ATTENDANCE for distinct pairs (employee, day).

    `exports` are contributions of what was printed or exported; they count if they were unexplained at day's end.
    """
    then = exports.join(pairs, on=["employee", "day"], how="semi")
    then = then.join(day_ends(then["day"], calendar), on="day").filter(
        (pl.col("counts_from") < pl.col("decided_at"))
        & (pl.col("counts_until").is_null() | (pl.col("counts_until") > pl.col("decided_at")))
    )
    exported = then.group_by("employee", "day").agg(
        pl.col("record_count").cast(pl.Int64).sum().alias("exported"),
        pl.col("subject").drop_nulls().n_unique().cast(pl.Int64).alias("exported_persons"),
    )
    return (
        _placed(pairs.select("employee", "day"), registers, calendar)
        .join(exported, on=["employee", "day"], how="left")
        .with_columns(pl.col("exported", "exported_persons").fill_null(0), bucket_of(pl.col("day")))
        .select(list(ATTENDANCE))
        .sort("day", "employee")
    )


def _placed(pairs: pl.DataFrame, registers: Registers, calendar: AgencyCalendar) -> pl.DataFrame:
    """Adds role and department in force at noon of the day; nulls where the register has none."""
    noon = pairs.with_columns(calendar.instant(pl.col("day"), NOON).alias("noon")).sort("noon")
    periods = registers.employees.rows(pairs["employee"]).select(
        "employee", "role", "department", "valid_from", "valid_to"
    )
    found = noon.join_asof(
        periods.sort("valid_from", "role", "department"),
        left_on="noon", right_on="valid_from", by="employee", check_sortedness=False,
    )  # fmt: skip
    in_force = pl.col("valid_to").is_null() | (pl.col("noon") < pl.col("valid_to"))
    return found.with_columns(pl.when(in_force).then(pl.col(name)).alias(name) for name in ("role", "department"))


def changed_days(before: pl.DataFrame, after: pl.DataFrame, pairs: pl.DataFrame) -> pl.Series:
    """Days of these pairs (employee, day) whose rows differ in two states of one table."""
    if before is after:
        return pairs["day"].clear()
    old, new = (rows.join(pairs, on=["employee", "day"], how="semi") for rows in (before, after))
    gone = old.join(new, on=old.columns, how="anti", nulls_equal=True)
    come = new.join(old, on=old.columns, how="anti", nulls_equal=True)
    return pl.concat([gone["day"], come["day"]])


def days_since(table: pl.DataFrame, changed: pl.Series) -> pl.Series:
    """Every day of a table from the first that changed on: each is part of what later days are compared with."""
    first = changed.min()
    days = pl.concat([table["day"], changed]).unique()
    return days.filter(days >= first) if first is not None else days.clear()
