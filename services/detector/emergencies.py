"""Emergency access into habits: at how many persons an employee used it, and with the same words."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from services.detector.group import KEY
from services.detector.rules import ORDINARY, UNEXPLAINED
from services.detector.thresholds import PairSettings

FACTS = {"emergency_persons": pl.Int64(), "copied_reasons": pl.Int64()}


def with_emergencies(
    signals: pl.DataFrame, rows: pl.DataFrame, everything: pl.DataFrame, moment: datetime, settings: PairSettings
) -> pl.DataFrame:
    """Adds emergency_persons and copied_reasons to signals about one person; 0 without emergency access.

    `rows` are those of the signals with `active`, `everything` all windowed contributions. The persons are those whom
    the employee opened so, without explanation, in the days up to the signal's last such look.
    """
    forced = rows.filter(pl.col("break_glass") & (pl.col("family") == UNEXPLAINED))
    if forced.is_empty():
        return signals.with_columns(pl.lit(0, kind).alias(name) for name, kind in FACTS.items())
    used = _used(everything, forced["employee"], moment)
    facts = _persons(forced, used, settings.emergency_days).join(
        _copied(forced, used, settings.copied_reason_persons), on=KEY, how="left", nulls_equal=True
    )
    told = signals.join(facts, on=KEY, how="left", nulls_equal=True, maintain_order="left")
    return told.with_columns(pl.col(name).fill_null(0).cast(kind) for name, kind in FACTS.items())


def also_concerned(changed: pl.DataFrame, windowed: pl.DataFrame) -> pl.Series:
    """Persons whom the employees of changed emergency access opened so at any time: their signals tell of the habit."""
    if not changed["break_glass"].any():
        return changed["subject"].clear()
    forced = changed.filter("break_glass")["employee"].drop_nulls().unique()
    return windowed.filter(pl.col("break_glass") & pl.col("employee").is_in(forced.implode()))["subject"]


def _used(everything: pl.DataFrame, employees: pl.Series, moment: datetime) -> pl.DataFrame:
    """Unexplained emergency access of these employees as of a moment."""
    return everything.filter(
        pl.col("break_glass")
        & pl.col("family").is_in(ORDINARY)
        & (pl.col("counts_from") <= moment)
        & (pl.col("counts_until").is_null() | (pl.col("counts_until") > moment))
        & pl.col("employee").is_in(employees.unique().implode())
    ).select("employee", "subject", "day", "reason_text")


def _persons(forced: pl.DataFrame, used: pl.DataFrame, days: int) -> pl.DataFrame:
    habit = used.sort("employee", "day").rolling("day", period=f"{days}d", group_by="employee")
    persons = habit.agg(pl.col("subject").n_unique().alias("emergency_persons")).unique(["employee", "day"])
    last = forced.group_by(KEY).agg(pl.col("day").max())
    return last.join(persons, on=["employee", "day"], how="left").drop("day")


def _copied(forced: pl.DataFrame, used: pl.DataFrame, persons: int) -> pl.DataFrame:
    """Log lines whose words stand at so many other persons as well."""
    words = used.drop_nulls("reason_text").group_by("employee", "reason_text").agg(pl.col("subject").n_unique())
    others = pl.col("persons").cast(pl.Int64) - pl.col("active").cast(pl.Int64)
    return (
        forced.join(words.rename({"subject": "persons"}), on=["employee", "reason_text"])
        .group_by(KEY)
        .agg((others >= persons).sum().alias("copied_reasons"))
    )
