"""Misuse is planted where it can be found, and the answers say where."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest

from services.core.calendar import AgencyCalendar
from services.detector.simulate.dice import dice
from services.detector.simulate.misuse.plant import KINDS, dealt
from services.detector.simulate.profile import STANDARD
from tests.unit.simulate.conftest import EMPLOYEES, WEEKS, Simulated

CALENDAR = AgencyCalendar()


def misuse(simulated: Simulated) -> pl.DataFrame:
    return simulated.truth.select("lookup_id", "scenario_id", "scenario_kind").join(
        simulated.lookups.unique("lookup_id"), on="lookup_id"
    )


def test_every_kind_has_its_episodes_and_every_episode_its_lookups(simulated: Simulated) -> None:
    kinds = dict(simulated.scenarios["kind"].value_counts().iter_rows())
    assert kinds.keys() == {kind.__name__ for kind in KINDS}
    assert sum(kinds.values()) == len(dealt(dice(1, "any"), STANDARD, EMPLOYEES, WEEKS))
    assert max(kinds.values()) - min(kinds.values()) <= 1
    found = (
        misuse(simulated)
        .group_by("scenario_id", kind="scenario_kind")
        .agg(
            n_lookups=pl.len().cast(pl.Int64), first_at=pl.col("occurred_at").min(), last_at=pl.col("occurred_at").max()
        )
    )
    assert found.sort("scenario_id").equals(simulated.scenarios.select(found.columns).sort("scenario_id"))


def test_an_episode_can_be_known_once_it_has_begun(simulated: Simulated) -> None:
    assert (simulated.scenarios["expected_detectable_from"] >= simulated.scenarios["first_at"]).all()
    assert set(simulated.scenarios["difficulty"]) == {"easy", "medium", "hard"}


def test_misuse_happens_only_on_days_on_which_the_employee_also_did_lawful_work(simulated: Simulated) -> None:
    day = CALENDAR.local_day(pl.col("occurred_at"))
    lawful = simulated.lookups.join(simulated.truth, on="lookup_id", how="anti")
    days = misuse(simulated).select("employee_id", day=day).unique()
    assert days.join(lawful.select("employee_id", day=day).unique(), on=["employee_id", "day"], how="anti").height == 0


def test_no_link_that_was_there_in_advance_covers_misuse(simulated: Simulated) -> None:
    looks = misuse(simulated).filter(pl.col("bsn").is_not_null())
    teams = simulated.employees.select("employee_id", "team_id")
    links = simulated.links.select("bsn", "assignee_id", "registered_at")
    for owner in ("employee_id", "team_id"):
        linked = looks.join(teams, on="employee_id").join(
            links, left_on=["bsn", owner], right_on=["bsn", "assignee_id"]
        )
        linked = linked.filter(pl.col("scenario_kind") != "suwinet_no_statement")  # own clients, a system without leave
        assert set(linked["scenario_kind"]) <= {"retro_self_link"}
        assert (linked["registered_at"] > linked["occurred_at"]).all()


@pytest.mark.parametrize(
    ("kind", "relation"), [("partner", "partner"), ("child", "child"), ("household_brp", "household")]
)
def test_relatives_files_are_those_of_registered_relatives(simulated: Simulated, kind: str, relation: str) -> None:
    episodes = simulated.scenarios.filter(pl.col("kind") == kind).select("employee_id", "bsn")
    relations = simulated.relations.filter(pl.col("kind") == relation)
    assert episodes.join(relations, on=["employee_id", "bsn"], how="anti").height == 0


def test_own_and_colleagues_files_are_those_of_staff(simulated: Simulated) -> None:
    staff = simulated.employees.select(owner="employee_id", bsn="bsn").unique()
    episodes = simulated.scenarios.filter(pl.col("kind").is_in(["own_file", "colleague_file"])).join(staff, on="bsn")
    assert ((episodes["owner"] == episodes["employee_id"]) == (episodes["kind"] == "own_file")).all()


def test_neighbours_live_in_the_employees_own_street(simulated: Simulated) -> None:
    rows = misuse(simulated).filter(pl.col("scenario_kind") == "address_search", pl.col("bsn").is_not_null())
    homes = simulated.employees.select("employee_id", home="street").unique()
    assert (rows.join(homes, on="employee_id").select(pl.col("street") == pl.col("home"))).to_series().all()


def test_a_shared_account_is_on_two_workstations_in_the_same_minutes(simulated: Simulated) -> None:
    shared = misuse(simulated).filter(pl.col("scenario_kind") == "account_sharing")
    own = simulated.lookups.join(simulated.truth, on="lookup_id", how="anti")
    near = shared.join(own, on="employee_id", suffix="_own").filter(
        (pl.col("occurred_at") - pl.col("occurred_at_own")).abs() < pl.duration(minutes=2)
    )
    apart = near.filter(
        pl.col("workstation") != pl.col("workstation_own"), pl.col("location") != pl.col("location_own")
    )
    assert apart["lookup_id"].n_unique() > shared.height / 2


def test_a_link_made_afterwards_is_written_down_by_the_looker_on_a_later_day(simulated: Simulated) -> None:
    episodes = simulated.scenarios.filter(pl.col("kind") == "retro_self_link")
    links = episodes.join(simulated.links, on="bsn").filter(pl.col("registered_by") == pl.col("employee_id"))
    assert links["scenario_id"].n_unique() == episodes.height
    assert (links["registered_at"] > links["last_at"].dt.offset_by("3h").dt.truncate("1s").dt.offset_by("-1s")).all()


def test_the_evening_looks_are_from_home_and_late(simulated: Simulated) -> None:
    rows = misuse(simulated).filter(pl.col("scenario_kind") == "offhours_remote")
    assert set(rows["location"].drop_nulls()) == {"remote"}
    assert rows.select(CALENDAR.wall_clock(pl.col("occurred_at")).dt.hour().is_between(21, 23).all()).item()


@pytest.mark.parametrize(("employees", "weeks", "least", "most"), [(50, 1, 1, 1), (800, 10, 1, 2), (8000, 10, 13, 14)])
def test_small_agencies_have_at_least_one_episode_of_a_kind_and_large_ones_more(
    employees: int, weeks: int, least: int, most: int
) -> None:
    counts = Counter(kind.__name__ for kind in dealt(dice(1, "any"), STANDARD, employees, weeks))
    assert (min(counts.values()), max(counts.values())) == (least, most)
    assert counts.keys() == {kind.__name__ for kind in KINDS}
