"""Lookups that were judged again into those of which something came out otherwise."""

from __future__ import annotations

import polars as pl

from services.detector.state.schemas import CONTRIBUTIONS

EMPLOYEE_DAY = ["employee", "day"]


def come_out_otherwise(
    again: pl.DataFrame, before: pl.DataFrame, now: pl.DataFrame, employees: pl.Series
) -> pl.DataFrame:
    """Of lookups judged again those of employee-days whose contributions changed, and all of these employees.

    Most changed case links say nothing new of the lookups of long ago: then no day need be counted anew, which would
    read it out of the archive. What is counted per day rests on contributions, on which lookups there are, and on the
    register rows of the employee.
    """
    if again.is_empty():
        return again
    was, is_now = (table.join(again, on=EMPLOYEE_DAY, how="semi") for table in (before, now))
    columns = list(CONTRIBUTIONS)
    differing = (was, is_now), (is_now, was)
    moved = [one.join(other, on=columns, how="anti", nulls_equal=True)[EMPLOYEE_DAY] for one, other in differing]
    of_days = again.join(pl.concat(moved).unique(), on=EMPLOYEE_DAY, how="semi", maintain_order="left")
    of_employees = again.filter(pl.col("employee").is_in(employees.implode()))
    return pl.concat([of_days, of_employees]).unique("lookup_id", maintain_order=True)
