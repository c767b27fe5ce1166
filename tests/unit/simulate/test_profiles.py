"""The profiles of the simulator: quiet has no misuse, hard hides it, all have lawful oddities and faults of sources."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from services.detector.simulate.agency import make_agency
from services.detector.simulate.dice import dice
from services.detector.simulate.misuse.plant import KINDS, kinds
from services.detector.simulate.odd_kinds import KINDS as ODD_KINDS
from services.detector.simulate.profile import PROFILES, STANDARD
from services.detector.simulate.source_faults import fault_days
from tests.unit.simulate.conftest import Simulated, make

EMPLOYEES, WEEKS = 150, 5
DIRT = {"never_registered"}
"""Lawful oddities of the profile hard only."""

BY_LUCK = {
    "old_team_work",
    "relative_of_team",
    "emergency",
    "archive_request",
    "mailing",
    "month_export",
    "helping_out",
    "newcomer_learning",
    "handover_review",
    "handover_reading",
    "clock_skew",
}
"""Lawful oddities that an agency of this size may do without for some weeks."""


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    return make(tmp_path_factory.mktemp("quiet") / "agency", EMPLOYEES, WEEKS, 3, "quiet")


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    return make(tmp_path_factory.mktemp("hard") / "agency", EMPLOYEES, WEEKS, 3, "hard")


@pytest.mark.slow
def test_a_quiet_agency_has_no_misuse_and_answers_that_say_so(quiet: Simulated) -> None:
    assert (quiet.truth.height, quiet.scenarios.height, quiet.report.scenarios) == (0, 0, 0)
    assert quiet.truth.schema["lookup_id"] == pl.String
    assert quiet.scenarios.schema["expected_detectable_from"] == pl.Datetime("us", "UTC")
    assert json.loads((quiet.report.truth / "meta.json").read_text())["simulation"] == "quiet"


@pytest.mark.slow
def test_a_quiet_agency_has_every_lawful_oddity_of_the_usual_one(quiet: Simulated) -> None:
    told = set(quiet.benign.drop_nulls("lookup_ids")["kind"])
    assert set(ODD_KINDS) - DIRT - BY_LUCK <= told


@pytest.mark.slow
def test_a_hard_agency_has_the_kinds_of_misuse_in_smaller_amounts_and_help_from_colleagues(hard: Simulated) -> None:
    assert set(hard.scenarios["kind"]) == {kind.__name__ for kind in kinds(PROFILES["hard"], WEEKS)}
    largest = hard.scenarios.filter(pl.col("kind") == "volume_50")["n_lookups"].max()
    assert 25 <= largest <= 90
    untraceable = hard.scenarios.filter(pl.col("difficulty") == "untraceable")
    assert set(untraceable["kind"]) == {"accomplice_link"}
    links = untraceable.join(hard.links, on=["bsn"]).filter(pl.col("assignee_id") == pl.col("employee_id"))
    assert (links["registered_by"] != links["employee_id"]).all()
    assert links["scenario_id"].n_unique() == untraceable.height


@pytest.mark.slow
def test_a_hard_agency_has_dirtier_registers(hard: Simulated, quiet: Simulated) -> None:
    def late(run: Simulated) -> float:
        lag = run.links["registered_at"] - run.links["valid_from"]
        return float((lag.dt.total_hours() >= 24).mean() or 0)

    assert late(hard) > late(quiet)
    assert "never_registered" in set(hard.benign["kind"])
    assert "never_registered" not in set(quiet.benign["kind"])


@pytest.mark.slow
def test_sources_have_their_bad_days(quiet: Simulated) -> None:
    told = json.loads((quiet.report.truth / "meta.json").read_text())["faults"]
    assert all(name in told for name in ("behind", "gap", "no actor", "delivered twice"))
    lost = quiet.lookups.filter(pl.col("employee_id").is_null())
    assert lost.height > 0
    assert lost["lookup_id"].is_in(quiet.lookup_times["lookup_id"].to_list()).sum() == 0


@pytest.mark.slow
def test_short_runs_have_no_bad_days_and_long_ones_some_of_every_kind() -> None:
    short, long = make_agency(50, 3, 1), make_agency(50, 20, 1)
    assert len(fault_days(dice(1, "faults"), short)) == 0
    days = fault_days(dice(1, "faults"), long)
    assert len(days) == 2
    assert set(days) <= set(long.timeline.working)


def test_a_watch_of_months_needs_a_run_of_months_and_accomplices_the_hard_profile() -> None:
    def names(profile: str, weeks: int) -> set[str]:
        return {kind.__name__ for kind in kinds(PROFILES[profile], weeks)} - {kind.__name__ for kind in KINDS}

    assert names("standard", 29) == set()
    assert names("standard", 30) == {"long_watch"}
    assert names("hard", 10) == {"accomplice_link"}


@pytest.mark.slow
def test_more_people_move_team_in_a_hard_agency() -> None:
    def movers(moves: float) -> int:
        agency = make_agency(400, 10, 1, replace(STANDARD, moves=moves))
        return int(np.count_nonzero(agency.employment.new_team != agency.organisation.team))

    assert movers(3.0) > movers(1.0) > 0


@pytest.mark.slow
def test_the_same_seed_has_the_same_people_in_every_profile() -> None:
    people = [make_agency(50, 2, 1, profile).people.bsn for profile in PROFILES.values()]
    assert all((people[0] == other).all() for other in people)


@pytest.mark.slow
def test_a_run_of_months_holds_a_watch_of_months(tmp_path: Path) -> None:
    run = make(tmp_path / "agency", 50, 32, 1)
    watch = run.scenarios.filter(pl.col("kind") == "long_watch")
    assert watch.height > 0
    assert ((watch["last_at"] - watch["first_at"]).dt.total_days() > 150).all()
