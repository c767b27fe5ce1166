"""The baselines that quality is compared with, on an agency of a few lookups whose signals are worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from benchmarks.baseline import Detect, baseline
from benchmarks.informed import informed
from benchmarks.quality_table.runs import Runner
from benchmarks.quality_table.sets import ready_made
from services.core.contract import CASE_LINK, EMPLOYEE, LOOKUP, RELATION
from tests.unit.evaluate.agency import three_teams
from tests.unit.evaluate.desk import Answers, Episode
from tests.world import World, frame

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def office() -> World:
    """e0 and e1 in T1, e2 in T2; person 20 is e0's case, 30 was until last week, 40 is nobody's."""
    world = World()
    for number, team in enumerate(("T1", "T1", "T2")):
        world.employee(number, team)
    world.relation("e0", 50, "partner")
    world.link(20, "e0", MONDAY - timedelta(days=30))
    world.link(30, "e0", MONDAY - timedelta(days=30), valid_to=MONDAY - timedelta(days=7))
    return world


def write_dataset(world: World, folder: Path) -> Path:
    (folder / "lookups").mkdir(parents=True)
    frame(LOOKUP, world.lookups).write_parquet(folder / "lookups" / "part.parquet")
    frame(CASE_LINK, world.links).write_parquet(folder / "case-links.parquet")
    frame(EMPLOYEE, world.employees).write_parquet(folder / "employees.parquet")
    frame(RELATION, world.relations).write_parquet(folder / "relations.parquet")
    return folder


@pytest.fixture
def scores(tmp_path: Path) -> Callable[[World, Detect], list[tuple[float, int]]]:
    """Score and number of lookups of each signal, highest first."""

    def found(world: World, detect: Detect) -> list[tuple[float, int]]:
        signals, explained = detect(write_dataset(world, tmp_path / "office"))
        assert explained.height == len(world.lookups)
        ranked = signals.select("score", pl.col("lookup_ids").list.len()).sort("score", descending=True)
        return [(score, size) for score, size in ranked.iter_rows()]

    return found


@pytest.mark.parametrize(("detect", "standing_in"), [(baseline, [(1.0, 1)]), (informed, [])])
def test_a_team_mates_case_is_known_to_the_informed_baseline_only(
    scores: Callable[[World, Detect], list[tuple[float, int]]], detect: Detect, standing_in: list[tuple[float, int]]
) -> None:
    world = office()
    world.look("e0", 20, MONDAY)
    world.look("e1", 20, MONDAY)
    assert scores(world, detect) == standing_in


@pytest.mark.parametrize(("detect", "afterwards"), [(baseline, [(2.0, 2)]), (informed, [])])
def test_a_look_after_the_end_of_a_case_is_known_to_the_informed_baseline_only(
    scores: Callable[[World, Detect], list[tuple[float, int]]], detect: Detect, afterwards: list[tuple[float, int]]
) -> None:
    world = office()
    world.look("e0", 30, MONDAY)
    world.look("e0", 30, MONDAY + timedelta(hours=2))
    assert scores(world, detect) == afterwards


@pytest.mark.parametrize("detect", [baseline, informed])
def test_own_and_relatives_files_stand_above_counts(
    scores: Callable[[World, Detect], list[tuple[float, int]]], detect: Detect
) -> None:
    world = office()
    for person in (0, 50, 50):
        world.look("e0", person, MONDAY)
    for hour in range(3):
        world.look("e2", 40, MONDAY + timedelta(hours=hour))
    assert scores(world, detect) == [(92.0, 2), (91.0, 1), (3.0, 3)]


@pytest.mark.parametrize(("detect", "score"), [(baseline, 1.0), (informed, 91.0)])
def test_a_colleagues_file_is_close_to_the_informed_baseline(
    scores: Callable[[World, Detect], list[tuple[float, int]]], detect: Detect, score: float
) -> None:
    world = office()
    world.look("e2", 1, MONDAY)
    assert scores(world, detect) == [(score, 1)]


@pytest.mark.parametrize(("detect", "found"), [(baseline, []), (informed, [(81.0, 1), (1.0, 1)])])
def test_a_link_that_the_looker_made_afterwards_convinces_the_plain_baseline_only(
    scores: Callable[[World, Detect], list[tuple[float, int]]], detect: Detect, found: list[tuple[float, int]]
) -> None:
    world = office()
    made = {"registered_at": MONDAY + timedelta(days=1), "registered_by": "e2"}
    world.link(40, "e2", MONDAY - timedelta(days=1), **made)
    world.look("e2", 40, MONDAY)
    assert scores(world, detect) == found


@pytest.mark.parametrize(("detect", "records"), [(baseline, []), (informed, [(50.0, 1)])])
def test_a_day_of_many_strangers_has_a_z_and_one_of_many_records_has_one_to_the_informed_baseline(
    scores: Callable[[World, Detect], list[tuple[float, int]]], detect: Detect, records: list[tuple[float, int]]
) -> None:
    world = office()
    for day in range(5):
        world.look("e2", 40, MONDAY + timedelta(days=day))
        world.look("e2", None, MONDAY + timedelta(days=day, hours=1), action="export", record_count=4)
    for person in range(100, 109):
        world.look("e2", person, MONDAY + timedelta(days=7))
    world.look("e2", None, MONDAY + timedelta(days=7), action="export", record_count=104)
    # persons: (9 - 1) / 1; records: median 4, spread 0, so (104 - 4) / sqrt(4); below them the pairs of a week
    assert scores(world, detect) == [*records, (8.0, 9), (5.0, 5), *[(1.0, 1)] * 9]


@pytest.mark.slow
def test_a_set_is_judged_by_the_installed_command_and_not_again_while_nothing_changed(tmp_path: Path) -> None:
    world = three_teams()
    stranger = [world.look("e0", 60, MONDAY + timedelta(days=day, hours=3)) for day in range(4)]
    dataset = write_dataset(world, tmp_path / "desk")
    lawful = [str(look["lookup_id"]) for look in world.lookups if look["lookup_id"] not in stranger]
    truth = Answers([Episode("S1", "acquaintance_repeated", stranger)], lawful).write(tmp_path / "desk-truth")
    looked = frame(LOOKUP, world.lookups).select("lookup_id", "employee_id", "occurred_at")
    looked.write_parquet(truth / "lookups.parquet")
    told: list[str] = []
    runner = Runner(tmp_path / "quality", 10, told.append)
    (wanted,) = ready_made([dataset])
    first = runner.outcome(wanted)
    assert (first.engine.average_precision, first.baselines["plain"].average_precision) == (1.0, 1.0)
    assert first.engine.probes is not None
    assert first.baselines["plain"].probes is None
    steps = [line.split(": ")[1].split(",")[0] for line in told]
    assert steps == ["engine", "plain", "informed"]
    assert runner.outcome(wanted) == first
    assert len(told) == 3
