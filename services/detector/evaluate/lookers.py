"""Who looked, into their groups: role, contract and place of work, at the moment of looking."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

FULL_TIME_HOURS = 36
UNKNOWN = "unknown"
GROUPINGS = ("role", "contract", "workplace")
REMOTE_SHARE = 0.5
"""Someone of whose lookups a larger share came from elsewhere works remotely."""


@dataclass(frozen=True)
class Staff:
    """The employees of a dataset, as far as groups go."""

    employees: pl.DataFrame
    """The register (EMPLOYEE schema)."""
    workplaces: pl.DataFrame
    """employee_id and workplace, `office`, `remote` or unknown, a row per employee who looked."""


def workplaces(lookups: pl.LazyFrame) -> pl.DataFrame:
    """Where each employee mostly works, from the location of the lookups."""
    remote = (pl.col("location") == "remote").mean()
    where = pl.when(remote > REMOTE_SHARE).then(pl.lit("remote")).when(remote <= REMOTE_SHARE).then(pl.lit("office"))
    grouped = lookups.group_by("employee_id").agg(where.otherwise(pl.lit(UNKNOWN)).alias("workplace"))
    return grouped.sort("employee_id").collect()


def grouped(looks: pl.DataFrame, staff: Staff) -> pl.DataFrame:
    """Rows with employee_id and occurred_at, with a column per grouping as of that moment."""
    periods = staff.employees.select(
        "employee_id", "role", "hours_per_week", pl.col("valid_from").alias("occurred_at"), "valid_to", "registered_at"
    ).sort("occurred_at", "registered_at", nulls_last=False)
    known = looks.sort("occurred_at").join_asof(
        periods, on="occurred_at", by="employee_id", strategy="backward", check_sortedness=False
    )
    hours = pl.col("hours_per_week")
    contract = pl.when(hours >= FULL_TIME_HOURS).then(pl.lit("full-time")).when(hours > 0).then(pl.lit("part-time"))
    return known.join(staff.workplaces, on="employee_id", how="left").with_columns(
        pl.col("role").fill_null(UNKNOWN),
        contract.otherwise(pl.lit(UNKNOWN)).alias("contract"),
        pl.col("workplace").fill_null(UNKNOWN),
    )


def weeks_at_work(looks: pl.DataFrame, staff: Staff) -> pl.DataFrame:
    """Weeks with a lookup per `by`, `group` and employee_id; a week counts in the group of its first lookup."""
    week = pl.col("occurred_at").dt.truncate("1w").alias("week")
    first = looks.group_by("employee_id", week).agg(pl.col("occurred_at").min())
    return by_group(grouped(first, staff)).group_by("by", "group", "employee_id").agg(pl.len().alias("weeks"))


def burdened(signals: pl.DataFrame, looks: pl.DataFrame, staff: Staff) -> pl.DataFrame:
    """A row per signal (signal_id, pushed), employee in its evidence and way of grouping.

    The group is that of the first of those lookups.
    """
    evidence = signals.select("signal_id", "pushed", pl.col("lookup_ids").alias("lookup_id")).explode("lookup_id")
    seen = evidence.join(looks, on="lookup_id")
    rows = seen.group_by("signal_id", "pushed", "employee_id").agg(pl.col("occurred_at").min())
    return by_group(grouped(rows, staff))


def by_group(rows: pl.DataFrame) -> pl.DataFrame:
    """A row per way of grouping for each row, as `by` and `group`."""
    kept = [name for name in rows.columns if name not in GROUPINGS]
    return rows.unpivot(list(GROUPINGS), index=kept, variable_name="by", value_name="group")


def roles_of_episodes(misuse: pl.DataFrame, looks: pl.DataFrame, staff: Staff) -> pl.DataFrame:
    """scenario_id and role, a row per employee who looked in it; the role at the first of those lookups."""
    rows = misuse.select("lookup_id", "scenario_id").join(looks, on="lookup_id")
    first = rows.group_by("scenario_id", "employee_id").agg(pl.col("occurred_at").min())
    return grouped(first, staff).select("scenario_id", "role")


def clusters(signals: pl.DataFrame, looks: pl.DataFrame) -> pl.DataFrame:
    """The signals with `cluster`: a number per employee and week.

    What concerns several, or nobody known, stands alone.
    """
    evidence = signals.select("signal_id", "raised_at", pl.col("lookup_ids").alias("lookup_id")).explode("lookup_id")
    rows = evidence.join(looks.drop_nulls("employee_id"), on="lookup_id")
    one = rows.group_by("signal_id").agg(
        pl.col("employee_id").n_unique().alias("people"),
        pl.col("employee_id").min(),
        pl.col("raised_at").first().dt.truncate("1w").alias("week"),
    )
    one = one.filter(pl.col("people") == 1).select("signal_id", pl.struct("employee_id", "week").alias("whose"))
    known = signals.join(one, on="signal_id", how="left", maintain_order="left")
    alone = pl.col("signal_id").rank("ordinal").cast(pl.Int64)
    same = pl.col("whose").rank("dense").cast(pl.Int64)
    return known.with_columns(cluster=pl.when(pl.col("whose").is_null()).then(-alone).otherwise(same)).drop("whose")
