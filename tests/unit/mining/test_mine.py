"""Paths that explain what nothing explained are found, measured and ranked; none of them is switched on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from services.core.contract import CASE_LINK, EMPLOYEE, LOOKUP, RELATION
from services.detector.mining.facts import Coded, Records, coded
from services.detector.mining.mine import Mined, mine_records
from services.detector.mining.plant import OPEN_CASE, OWN_TEAM, tried, unexplained
from services.detector.mining.report import Proposal, window_in_words
from services.detector.mining.walk import Limits
from services.detector.states import states
from tests.unit.command_line import run
from tests.unit.mining.desks import MONDAY, buddy_history, written
from tests.world import LONG_AGO, World, frame, in_one_batch

BUDDY = "employee in-department>department team-in-department>team team-linked>person"
ALL_OF_A_ROLE = "employee in-role>role in-role>employee looked>person"
FEW = Limits(planted=300)


def quiet(_what: str, _share: float) -> None:
    """Progress that nobody watches."""


def judged(world: World, lookups: Sequence[dict[str, object]] | None = None) -> Coded:
    """The world's records with what the engine itself says of each lookup."""
    done = in_one_batch(world)
    assert done.state.progress.watermark is not None
    told = states(done.findings[0].judged, done.state.contributions, done.state.progress.watermark)
    rows = world.lookups if lookups is None else lookups
    tables = (frame(CASE_LINK, world.links), frame(EMPLOYEE, world.employees), frame(RELATION, world.relations))
    return coded(Records(frame(LOOKUP, rows), *tables), told.select("lookup_id", "state"))


def mined(world: World, limits: Limits | None = None, seed: int = 1) -> Mined:
    return mine_records(judged(world), quiet, limits or FEW, seed)


def paths(found: Mined) -> dict[str, Proposal]:
    return {proposal.path: proposal for proposal in found.proposals}


@pytest.fixture(scope="module")
def buddies() -> Mined:
    return mined(buddy_history())


def test_a_hidden_path_is_found_with_all_that_it_explains_and_a_low_leak(buddies: Mined) -> None:
    path = paths(buddies)[BUDDY]
    assert buddies.unexplained == 120
    assert (path.explained, path.people, path.within_days, path.too_loose) == (1.0, 120, 0, False)
    assert path.explained_of_all == pytest.approx(120 / 480)
    assert path.leak_open_case is not None
    assert path.leak_open_case == pytest.approx(2 / 60, abs=0.02)
    assert path.leak_own_team == 1.0
    assert path.lift > 15


def test_the_hidden_path_is_the_first_proposal_or_equal_to_it(buddies: Mined) -> None:
    first = buddies.proposals[0]
    assert first.explained == 1.0
    assert not first.too_loose
    assert first.adds == 1.0


def test_a_path_that_covers_everything_has_a_high_leak_and_stands_below(buddies: Mined) -> None:
    order = [proposal.path for proposal in buddies.proposals]
    loose = paths(buddies)[ALL_OF_A_ROLE]
    assert loose.explained == 1.0
    assert loose.leak_open_case is not None
    assert loose.leak_open_case > 0.3
    assert loose.too_loose
    assert loose.adds == 0.0
    assert order.index(ALL_OF_A_ROLE) > order.index(BUDDY)


def test_a_path_is_told_in_words_of_both_languages_without_anybodys_identity(buddies: Mined) -> None:
    path = paths(buddies)[BUDDY]
    assert path.en == "the viewer, working in a department, with in it a team, with a case of this person"
    assert path.nl == "de raadpleger, werkend bij een afdeling, met daarin een team, met een zaak van deze persoon"
    assert path.example.en == "a lookup in sonar, 2025-03: such a tie existed at that moment"


@pytest.mark.slow
def test_the_same_seed_gives_the_same_proposals_whatever_the_order_of_the_records(buddies: Mined) -> None:
    world = buddy_history()
    again = mine_records(judged(world, world.lookups[::-1]), quiet, FEW, 1)
    assert again == buddies


@pytest.mark.parametrize(
    ("days", "later", "nl", "en"),
    [
        (0, False, "op dat moment", "at that moment"),
        (0, True, "op dat moment", "at that moment"),
        (1, False, "hooguit 1 dag ervoor", "at most 1 day before"),
        (30, True, "hooguit 30 dagen ervoor of erna", "at most 30 days before or after"),
    ],
)
def test_a_window_is_told_in_the_singular_or_the_plural(days: int, later: bool, nl: str, en: str) -> None:
    assert window_in_words(days, later=later) == (nl, en)


def test_another_seed_plants_other_lookups() -> None:
    history = judged(buddy_history())
    left = unexplained(history)
    assert not tried(history, left, 100, 50, 1).equals(tried(history, left, 100, 50, 2))


def test_planted_lookups_of_the_own_team_are_of_its_open_cases() -> None:
    world = buddy_history()
    history = judged(world)
    rows = tried(history, unexplained(history), 1000, 300, 1)
    counts = dict(rows.group_by("population").len().iter_rows())
    assert counts[OPEN_CASE] == counts[OWN_TEAM] == 300
    mine = rows.filter(pl.col("population") == OWN_TEAM).join(
        history.links, left_on="subject", right_on="bsn", how="left"
    )
    teams = history.employees.select(pl.col("employee_id").alias("employee"), "team_id")
    assert mine.join(teams, on="employee").filter(pl.col("team_id") != pl.col("assigned_team")).is_empty()


def test_the_case_on_the_screen_is_a_path_of_its_own() -> None:
    world = World()
    for number in range(10):
        world.employee(number, f"T{number}")
        world.employee(10 + number, f"T{number + 10}")
        world.link(100 + number, f"e{number + 10}", LONG_AGO, case_id=f"z{number}")
        world.look(f"e{number}", 100 + number, MONDAY + timedelta(hours=number), case_id=f"z{number}")
    path = paths(mined(world))["case party>person"]
    assert (path.explained, path.people, path.leak_anybody) == (1.0, 10, pytest.approx(0.1, abs=0.05))


def test_the_window_is_the_least_that_does_and_says_whether_later_steps_count() -> None:
    world = World()
    for number in range(20):
        world.employee(number, f"T{number}")
        ended, began = MONDAY - timedelta(days=60), MONDAY + timedelta(days=60)
        dates = {"valid_from": LONG_AGO, "valid_to": ended} if number < 10 else {"valid_from": began}
        start = LONG_AGO if number < 10 else began
        world.link(100 + number, f"e{number}", start, **dates)
        world.look(f"e{number}", 100 + number, MONDAY)
    path = paths(mined(world))["employee linked>person"]
    assert (path.within_days, path.also_later, path.explained) == (90, True, 1.0)


def test_a_case_that_the_viewer_writes_down_afterwards_explains_nothing() -> None:
    world = World()
    for number in range(20):
        world.employee(number, f"T{number}")
        later = MONDAY + timedelta(days=5)
        world.link(100 + number, f"e{number}", LONG_AGO, registered_at=later, registered_by=f"e{number}")
        world.look(f"e{number}", 100 + number, MONDAY)
    found = mined(world)
    assert found.unexplained == 20
    assert "employee linked>person" not in paths(found)


def test_the_files_of_relatives_and_colleagues_are_not_what_a_path_is_looked_for() -> None:
    world = World()
    for number in range(3):
        world.employee(number)
    world.relation("e0", 100, "partner")
    world.look("e0", 100, MONDAY)
    world.look("e1", 2, MONDAY)
    world.look("e2", 101, MONDAY)
    assert mined(world).unexplained == 1


def test_a_path_with_too_little_support_is_not_told_and_not_grown() -> None:
    found = mined(buddy_history(), replace(FEW, least_rows=121))
    assert found.proposals == []


def test_depth_bounds_the_number_of_steps() -> None:
    found = mined(buddy_history(), replace(FEW, depth=2))
    assert found.proposals
    assert all(len(proposal.path.split()) <= 3 for proposal in found.proposals)


def test_a_step_to_too_many_rows_is_told_instead_of_taken() -> None:
    found = mined(buddy_history(), replace(FEW, most_rows=1))
    assert BUDDY not in paths(found)
    assert found.too_broad


def test_where_everything_is_explained_there_is_nothing_to_propose() -> None:
    world = World()
    world.employee(0)
    world.link(100, "e0", LONG_AGO)
    world.look("e0", 100, MONDAY)
    assert replace(mined(world), seed=0) == Mined(1, 0, 0, 0, [], [])


@pytest.mark.slow
def test_mining_switches_nothing_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dataset, home = written(buddy_history(), tmp_path / "desks"), tmp_path / "home"
    assert run("rescore", dataset, "--out", tmp_path / "before", "--home", home) == 0
    assert run("explain", "mine", dataset, "--home", home, "--out", tmp_path / "paths.json") == 0
    shown = capsys.readouterr().out
    assert "none of them counts until a person decides" in " ".join(shown.split())
    assert run("rescore", dataset, "--out", tmp_path / "after", "--home", home) == 0
    for name in ("signals.parquet", "explained.parquet"):
        before, after = (pl.read_parquet(tmp_path / folder / name) for folder in ("before", "after"))
        assert before.equals(after)
    told = json.loads((tmp_path / "paths.json").read_text(encoding="utf-8"))
    assert told["unexplained"] == 120
    assert BUDDY in [proposal["path"] for proposal in told["proposals"]]
    assert not [
        row["employee_id"] for row in buddy_history().employees if f'"{row["employee_id"]}"' in json.dumps(told)
    ]


def test_the_command_tells_faults_of_dataset_and_settings_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text("timezone = 7")
    assert run("explain", "mine", tmp_path / "nowhere", "--rules", rules) == 2
    told = capsys.readouterr().err
    assert "nowhere" in told
    assert "timezone" in told


def test_a_place_that_does_not_exist_is_told_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = written(buddy_history(), tmp_path / "desks")
    assert run("explain", "mine", dataset, "--home", tmp_path / "home", "--out", tmp_path / "none" / "x.json") == 2
    assert "none is no folder; make it first" in capsys.readouterr().err


def test_explain_list_tells_every_explanation_with_its_strength(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", "list", "--json") == 0
    rows = {row["explanation"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["own-case"]["strength"] == 1.0
    assert rows["team-case"]["strength"] == 0.9
    assert rows["aftercare"] == {
        "explanation": "aftercare", "strength": 0.6, "en": "aftercare of a case closed or left behind",
        "nl": "nazorg na een gesloten of achtergelaten zaak",
    }  # fmt: skip
    assert run("explain", "list") == 0
    assert "namesake" in capsys.readouterr().out
