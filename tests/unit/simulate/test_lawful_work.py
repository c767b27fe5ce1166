"""Lawful work is covered by links, mostly known in time, and the exceptions are told."""

from __future__ import annotations

import polars as pl
import pytest

from services.core.calendar import AgencyCalendar
from services.detector.simulate.odd_kinds import KINDS
from tests.unit.simulate.conftest import Simulated

CALENDAR = AgencyCalendar()
MOST_UNCOVERED = 0.03
"""Tolerated share of lawful lookups that no link ever covers; all of them are told as oddities."""

COVERED_BY_NOTHING = {
    "cover_absent",
    "consultation",
    "supervisor_help",
    "bsn_typo",
    "wrong_namesake",
    "aftercare",
    "own_personnel_file",
    "consultation_later",
    "other_lead",
    "cover_at_work",
    "old_team_work",
    "newcomer_learning",
    "handover_reading",
    "bsn_typo_kept",
    "wrong_namesake_kept",
    "self_reported",
    "task_force",
    "migration_check",
    "helping_out",
    "linked_person",
    "linked_person_unrecorded",
}
NOT_IN_EVERY_RUN = {
    "never_registered",
    "clock_skew",
    "relative_of_team",
    "old_team_work",
    "other_lead",
    "newcomer_learning",
    "handover_review",
    "handover_reading",
    "helping_out",
    "mailing",
    "month_export",
    "emergency",
    "archive_request",
}
"""Only in the dirtier or longer runs, or a matter of luck in a small one."""


@pytest.fixture(scope="module")
def lawful(simulated: Simulated) -> pl.DataFrame:
    """Lawful lookups of a person, each with the earliest registration of a link that covers it, and its oddity."""
    lookups = simulated.lookups.unique("lookup_id").filter(pl.col("bsn").is_not_null())
    lookups = lookups.join(simulated.truth, on="lookup_id", how="anti").select(
        "lookup_id", "employee_id", "bsn", "occurred_at", "case_id"
    )
    moment = pl.col("occurred_at")
    teams = simulated.employees.select("employee_id", "team_id", since="valid_from", until="valid_to")
    lookups = lookups.join(teams, on="employee_id").filter(
        pl.col("since") <= moment, pl.col("until").is_null() | (moment < pl.col("until"))
    )
    links = simulated.links.select("bsn", "assignee_id", "valid_from", "valid_to", "registered_at", link_case="case_id")
    covered = [
        lookups.join(links, left_on=["bsn", owner], right_on=["bsn", "assignee_id"]).filter(
            pl.col("valid_from") <= moment, pl.col("valid_to").is_null() | (moment <= pl.col("valid_to"))
        )
        for owner in ("employee_id", "team_id")
    ]
    known = pl.concat([part.select("lookup_id", "registered_at") for part in covered])
    odd = simulated.benign.drop_nulls("lookup_ids").explode("lookup_ids", empty_as_null=True)
    return lookups.join(
        known.group_by("lookup_id").agg(pl.col("registered_at").min()), on="lookup_id", how="left"
    ).join(odd.select("kind", lookup_id="lookup_ids"), on="lookup_id", how="left")


def test_every_lawful_lookup_is_covered_by_a_link_or_told_as_an_oddity(lawful: pl.DataFrame) -> None:
    uncovered = lawful.filter(pl.col("registered_at").is_null())
    assert uncovered["kind"].null_count() == 0
    assert set(uncovered["kind"]) <= COVERED_BY_NOTHING
    assert 0.01 < uncovered.height / lawful.height < MOST_UNCOVERED


def test_most_links_are_known_when_they_are_needed_and_nearly_all_a_working_day_later(lawful: pl.DataFrame) -> None:
    covered = lawful.filter(pl.col("registered_at").is_not_null()).with_columns(
        day=CALENDAR.local_day(pl.col("occurred_at"))
    )
    graced = CALENDAR.working_days_after(covered["day"].unique(), 1)
    covered = covered.join(graced, on="day").with_columns(end=CALENDAR.instant(pl.col("graced").dt.offset_by("1d")))
    in_time = (covered["registered_at"] <= covered["occurred_at"]).mean()
    with_grace = (covered["registered_at"] < covered["end"]).mean()
    assert 0.75 < in_time < 0.95
    assert 0.99 < with_grace < 1


def test_links_are_written_down_in_advance_within_the_hour_at_night_and_late(simulated: Simulated) -> None:
    links = simulated.links.filter(pl.col("kind") != "contact")
    shares = links["registered_by"].value_counts(normalize=True)
    by = dict(shares.iter_rows())
    assert 0.6 < by["system:werkverdeling"] + by["system:planning"] < 0.97
    assert 0.02 < by["system:nachtbatch"] < 0.12
    assert 0 < by["system:koppelbestand"] < 0.01
    assert (simulated.links["registered_at"] >= simulated.links["valid_from"]).all()


def test_calls_are_written_down_by_their_handler_on_the_same_day(simulated: Simulated) -> None:
    calls = simulated.links.filter(pl.col("kind") == "contact", pl.col("registered_by") == pl.col("assignee_id"))
    assert calls.height > 0.15 * simulated.links.height
    delay = (calls["registered_at"] - calls["valid_from"]).dt.total_minutes()
    assert 0.8 < (delay <= 65).mean() < 1
    clerks = calls.filter(pl.col("assignee_id").is_in(_call_centre(simulated)))
    lawful = clerks.join(simulated.truth, on="bsn", how="anti")
    days = lawful.select(CALENDAR.local_day(pl.col("valid_from", "registered_at")))
    assert (days["valid_from"] == days["registered_at"]).all()


def _call_centre(simulated: Simulated) -> list[str]:
    return simulated.employees.filter(pl.col("role") == "call-centre")["employee_id"].to_list()


def test_every_kind_of_oddity_occurs_and_every_told_lookup_exists(simulated: Simulated) -> None:
    told = simulated.benign.drop_nulls("lookup_ids")
    assert set(KINDS) - NOT_IN_EVERY_RUN <= set(told["kind"]) <= set(KINDS)
    assert set(simulated.benign["kind"]) - set(KINDS) <= {"busy_day", "off_hours", "first_weeks"}
    assert {"off_hours", "first_weeks"} <= set(simulated.benign["kind"])
    ids = told["lookup_ids"].explode(empty_as_null=True)
    assert ids.is_in(simulated.lookup_times["lookup_id"].to_list()).all()
    assert not ids.is_in(simulated.truth["lookup_id"].to_list()).any()
    assert ids.n_unique() == len(ids)


def test_nobody_lawfully_opens_an_own_or_a_relatives_file_but_the_personnel_file(
    simulated: Simulated, lawful: pl.DataFrame
) -> None:
    relatives = simulated.relations.select("employee_id", "bsn").unique()
    assert lawful.join(relatives, on=["employee_id", "bsn"], how="semi").height == 0
    own = simulated.employees.select("employee_id", "bsn").unique()
    assert set(lawful.join(own, on=["employee_id", "bsn"], how="semi")["kind"]) == {"own_personnel_file"}


def test_only_eigen_personeel_lawfully_opens_files_of_staff(simulated: Simulated, lawful: pl.DataFrame) -> None:
    staff = simulated.employees.select("bsn").unique()
    looks = lawful.filter(pl.col("kind").is_null() | (pl.col("kind") != "own_personnel_file"))
    viewers = set(looks.join(staff, on="bsn", how="semi")["employee_id"])
    assert viewers
    assert viewers <= set(simulated.employees.filter("eigen_personeel")["employee_id"])


def test_a_mistyped_bsn_is_two_slips_away_from_the_right_one_a_minute_later(simulated: Simulated) -> None:
    typo_ids = simulated.benign.filter(pl.col("kind") == "bsn_typo").explode("lookup_ids", empty_as_null=True)
    typos = simulated.lookups.unique("lookup_id").filter(
        pl.col("lookup_id").is_in(typo_ids["lookup_ids"].to_list()),
        pl.col("bsn").is_not_null(),
        pl.col("action") == "search",
    )
    after = simulated.lookups.select("employee_id", right="bsn", then="occurred_at").drop_nulls()
    pairs = typos.join(after, on="employee_id").filter(
        (pl.col("then") - pl.col("occurred_at")).is_between(pl.duration(seconds=20), pl.duration(seconds=60)),
        pl.col("right") != pl.col("bsn"),
    )
    assert typos.height > 0
    wrong_places = [
        (row["lookup_id"], sum(a != b for a, b in zip(row["bsn"], row["right"], strict=True)))
        for row in pairs.iter_rows(named=True)
    ]
    assert {lookup for lookup, places in wrong_places if places <= 4} == set(typos["lookup_id"])
