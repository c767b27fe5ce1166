"""Kinds of misuse leave the trace that they are named after."""

from __future__ import annotations

import polars as pl

from services.core.bsn import bsn_is_valid
from tests.unit.simulate.conftest import Simulated


def rows_of(simulated: Simulated, kind: str) -> pl.DataFrame:
    """The lookups of one kind of misuse, in order of time."""
    told = simulated.truth.filter(pl.col("scenario_kind") == kind).select("lookup_id", "scenario_id")
    return told.join(simulated.lookups.unique("lookup_id"), on="lookup_id").sort("scenario_id", "occurred_at")


def test_enumeration_takes_valid_numbers_in_a_row_at_speed(simulated: Simulated) -> None:
    rows = rows_of(simulated, "enumeration").filter(pl.col("action") == "search")
    tried = rows["bsn"].cast(pl.Int64)
    assert tried.is_sorted()
    between = pl.DataFrame({"n": pl.int_range(tried.min(), tried.max() + 1, eager=True)})
    valid = between.filter(bsn_is_valid(pl.col("n").cast(pl.String)))
    assert set(tried) == set(valid["n"])
    assert rows["occurred_at"].diff().drop_nulls().dt.total_seconds().max() < 40


def test_scraping_opens_a_file_a_minute_of_people_never_seen_before(simulated: Simulated) -> None:
    rows = rows_of(simulated, "scraping")
    spans = rows.group_by("scenario_id").agg(
        people=pl.col("bsn").n_unique(), hours=(pl.col("occurred_at").max() - pl.col("occurred_at").min())
    )
    assert (spans["people"] >= 50).all()
    assert spans["hours"].dt.total_minutes().max() < 180


def test_forced_access_has_no_reason_or_the_same_one_every_time(simulated: Simulated) -> None:
    rows = rows_of(simulated, "break_glass")
    reasons = rows.group_by("scenario_id").agg(pl.col("reason").n_unique(), first=pl.col("reason").first())
    assert set(reasons["reason"]) == {1}
    assert set(reasons["first"]) <= {"break-glass", "break-glass: spoed"}


def test_a_leaver_takes_files_along_in_the_last_month(simulated: Simulated) -> None:
    rows = rows_of(simulated, "leaver")
    last = simulated.employees.group_by("employee_id").agg(end=pl.col("valid_to").max())
    left = rows.join(last, on="employee_id")
    assert (left["end"] - left["occurred_at"]).dt.total_days().is_between(0, 31).all()
    assert set(rows["action"]) >= {"print"} or set(rows["action"]) >= {"export"}


def test_a_dormant_file_has_only_a_case_of_years_ago(simulated: Simulated) -> None:
    episodes = simulated.scenarios.filter(pl.col("kind") == "dormant_file").select("bsn", "first_at")
    links = episodes.join(simulated.links, on="bsn")
    assert links["bsn"].n_unique() == episodes.height
    assert ((links["first_at"] - links["valid_to"]).dt.total_days() > 730).all()


def test_files_of_staff_families_are_those_that_only_a_few_may_open(simulated: Simulated) -> None:
    episodes = simulated.scenarios.filter(pl.col("kind") == "staff_family_file").select("employee_id", "bsn")
    family = simulated.relations.filter(pl.col("kind").is_in(["partner", "child"]), pl.col("source") != "brp")
    theirs = episodes.join(family, on="bsn", suffix="_relative")
    assert theirs["bsn"].n_unique() == episodes.height
    assert (theirs["employee_id"] != theirs["employee_id_relative"]).all()


def test_what_was_found_by_name_is_printed(simulated: Simulated) -> None:
    rows = rows_of(simulated, "look_and_print")
    assert "print" in set(rows["action"])
    assert set(rows["searched_by"].drop_nulls()) == {"name"}


def test_a_steady_stream_is_small_every_day(simulated: Simulated) -> None:
    rows = rows_of(simulated, "unexplained_share").filter(pl.col("bsn").is_not_null())
    by_day = rows.group_by("employee_id", pl.col("occurred_at").dt.date()).agg(pl.col("bsn").n_unique())
    assert by_day["bsn"].max() <= 3
    assert by_day.height >= 4
