"""A dataset into the signals of a baseline that knows the house rules: the upper mark for joins and counts.

    python benchmarks/informed.py DATASET OUT

Beside what `baseline.py` does it knows that team-mates stand in for each other, that a file is looked at once more
after its end, that a link which the looker made afterwards proves nothing, and that colleagues' files are for their
handlers; and it counts records taken out and persons whom many looked at. Its numbers are round and tuned on nothing.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

from benchmarks.baseline import DAY_FLOOR, WEEK, close_files, explanations, grouped, numbered, read, unusual_days, write

BEFORE, AFTER = pl.duration(hours=1), pl.duration(days=30)
"""Slack around a link: a contact is written down after the talk, and a file is looked at once more after its end."""
RECORDS_FLOOR, CROWD_FLOOR = 50, 5
CLOSE, SELF_MADE, CROWD, COUNTED = (90, 100), (80, 90), (60, 80), (0, 60)
"""Least and most points: close files, links made afterwards, persons whom many looked at, everything counted."""
AT = pl.col("occurred_at")


def coverings(lookups: pl.DataFrame, links: pl.DataFrame, employees: pl.DataFrame) -> pl.DataFrame:
    """lookup_id and self_made, a row per lookup and link of the employee, the team or a team-mate that covers it."""
    moments = lookups.select("lookup_id", "occurred_at", "employee_id", "bsn").drop_nulls("bsn")
    periods = employees.select(
        "employee_id", "team_id", pl.col("valid_from").alias("since"), pl.col("valid_to").alias("until")
    )
    teams = moments.join(periods, on="employee_id").filter(_employed()).select("lookup_id", looker_team="team_id")
    placed = links.join(periods, left_on="assignee_id", right_on="employee_id", how="left")
    placed = placed.with_columns(case_team=pl.coalesce("team_id", "assignee_id")).drop("team_id")
    asked = moments.join(placed, on="bsn").filter(_covers(), _employed())
    asked = asked.join(
        teams, left_on=["lookup_id", "case_team"], right_on=["lookup_id", "looker_team"], how="left", coalesce=False
    )
    own = pl.col("assignee_id") == pl.col("employee_id")
    return asked.filter(own | pl.col("looker_team").is_not_null()).select("lookup_id", self_made=_self_made())


def _employed() -> pl.Expr:
    return (pl.col("since") <= AT).fill_null(value=True) & (pl.col("until") > AT).fill_null(value=True)


def _covers() -> pl.Expr:
    return (pl.col("valid_from") - BEFORE <= AT) & (pl.col("valid_to") + AFTER > AT).fill_null(value=True)


def _self_made() -> pl.Expr:
    afterwards = (pl.col("registered_by") == pl.col("employee_id")) & (pl.col("registered_at") > AT)
    same_day_contact = (pl.col("kind") == "contact") & (pl.col("registered_at").dt.date() == AT.dt.date())
    return afterwards & ~same_day_contact


def colleagues_files(lookups: pl.DataFrame, employees: pl.DataFrame) -> pl.DataFrame:
    """Lookups of colleagues' files by those who do not handle them."""
    handlers = employees.filter("eigen_personeel").select("employee_id").unique()
    outside = lookups.filter(pl.col("system") != "peoplesoft").join(handlers, on="employee_id", how="anti")
    return outside.join(employees.select("bsn").unique(), on="bsn", how="semi")


def crowds(unlinked: pl.DataFrame) -> pl.DataFrame:
    """Unlinked lookups of persons at whom many employees looked in a week, with how many."""
    looked = unlinked.with_columns(week=WEEK)
    many = looked.group_by("bsn", "week").agg(pl.col("employee_id").n_unique().alias("lookers"))
    return looked.join(many.filter(pl.col("lookers") >= CROWD_FLOOR), on=["bsn", "week"])


def informed(dataset: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(signals, explained) of the dataset, in the columns that `evaluate` reads."""
    lookups, employees = read(dataset, "lookups"), read(dataset, "employees")
    covered = coverings(lookups, read(dataset, "case-links"), employees)
    linked = covered.filter(~pl.col("self_made")).select("lookup_id").unique()
    unlinked = lookups.drop_nulls("bsn").join(linked, on="lookup_id", how="anti")
    kin = close_files(unlinked, employees, read(dataset, "relations"))
    close = pl.concat([kin, colleagues_files(unlinked, employees)]).unique("lookup_id", maintain_order=True)
    strange = unlinked.join(close, on="lookup_id", how="anti")
    made = strange.join(covered.filter("self_made"), on="lookup_id", how="semi")
    taken = lookups.filter(pl.col("action").is_in(["print", "export"]))
    pair = {"employee": pl.col("employee_id"), "person": pl.col("bsn")}
    day = {"employee": pl.col("employee_id"), "on": pl.col("day")}
    z = points(COUNTED, pl.col("z").first())
    parts = [
        grouped(close, pair, points(CLOSE, pl.len())),
        grouped(made, pair, points(SELF_MADE, pl.len())),
        grouped(
            crowds(strange), {"person": pl.col("bsn"), "in": pl.col("week")}, points(CROWD, pl.col("lookers").first())
        ),
        grouped(strange, {**pair, "week": WEEK}, points(COUNTED, pl.len())),
        grouped(unusual_days(strange, pl.col("bsn").n_unique(), DAY_FLOOR), day, z),
        grouped(unusual_days(taken, pl.col("record_count").sum(), RECORDS_FLOOR), day, z),
    ]
    return numbered(parts), explanations(lookups, linked)


def points(between: tuple[int, int], value: pl.Expr) -> pl.Expr:
    """A count or a z, added to the least of its sort, up to the most."""
    least, most = between
    return (value + least).clip(upper_bound=most)


def main() -> None:
    """Writes signals.parquet and explained.parquet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    write(informed, arguments.dataset, arguments.out)


if __name__ == "__main__":
    main()
