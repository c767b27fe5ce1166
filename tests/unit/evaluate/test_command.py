"""`evaluate` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from services.core.contract import LOOKUP
from services.core.errors import InputError
from services.detector.evaluate import evaluate_command
from tests.datasets import lines, write_registers
from tests.unit.evaluate.agency import three_teams
from tests.unit.evaluate.desk import Answers, Episode, Signal, explained_frame, signal_frame
from tests.world import frame


def run(*arguments: str | Path) -> Result:
    app = typer.Typer()
    app.command()(evaluate_command)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_person_sees_the_headline_the_budgets_and_the_kinds(run_dir: Path, truth_dir: Path) -> None:
    shown = run(run_dir, truth_dir)
    assert shown.exit_code == 0
    for text in ("average precision over episodes", "0.417", "precision", "recall", "explained", "leak", "own_file"):
        assert text in shown.output


def test_a_machine_gets_one_json_object_with_every_share_spelled_out(run_dir: Path, truth_dir: Path) -> None:
    told = json.loads(run(run_dir / "signals.parquet", truth_dir / "truth.parquet", "--json").output)
    assert told["averagePrecision"] == pytest.approx(5 / 12)
    assert told["leak"] == {
        "share": pytest.approx(1 / 7),
        "count": 1,
        "of": 7,
        "low": pytest.approx(0.0257, abs=1e-4),
        "high": pytest.approx(0.5131, abs=1e-4),
    }
    budget = told["budgets"][2]
    assert {name: budget[name] for name in ("perThousand", "slots", "ceiling")} == {
        "perThousand": 5,
        "slots": 5,
        "ceiling": 1.0,
    }
    assert (budget["precision"]["count"], budget["precision"]["of"]) == (3, 5)
    assert (budget["recall"]["share"], budget["recall"]["of"]) == (0.5, 4)
    assert budget["recallInterval"]["low"] <= 0.5 <= budget["recallInterval"]["high"]
    assert told["kinds"][1] == {
        "kind": "own_file",
        "episodes": 2,
        "inOpenSignal": 1,
        "caught": 1,
        "caughtWithinBudget": 1,
        "pushed": None,
        "medianDaysToSignal": 1.0,
        "lowestRank": 1,
    }


def test_faults_of_both_sides_are_told_together(tmp_path: Path) -> None:
    refused = run(tmp_path / "out", tmp_path / "nowhere-truth").exception
    assert isinstance(refused, InputError)
    named = {Path(fault.split(":")[0]).name for fault in refused.faults}
    assert named >= {"explained.parquet", "truth.parquet", "scenarios.parquet", "lookups.parquet", "meta.json"}


@pytest.mark.slow
def test_the_dataset_beside_the_answers_is_found_by_its_name_and_gives_roles_burden_and_probes(
    tmp_path: Path,
) -> None:
    world = three_teams()
    write_registers(world, tmp_path / "desk")
    (tmp_path / "desk" / "lookups" / "part.ndjson").write_bytes(lines(LOOKUP, world.lookups))
    ids = [str(look["lookup_id"]) for look in world.lookups]
    answers = Answers([Episode("S1", "own_file", ids[:1])], ids[1:])
    truth = answers.write(tmp_path / "desk-truth")
    looked = frame(LOOKUP, world.lookups).select("lookup_id", "employee_id", "occurred_at")
    looked.write_parquet(truth / "lookups.parquet")
    (tmp_path / "out").mkdir()
    signal_frame(Signal("s", 50, ids[:1])).write_parquet(tmp_path / "out" / "signals.parquet")
    explained_frame(answers, *ids[1:]).write_parquet(tmp_path / "out" / "explained.parquet")

    told = json.loads(run(tmp_path / "out", truth, "--probes", "10", "--json").output)
    assert [(role["role"], role["caught"]) for role in told["roles"]] == [("claims-handler", 1)]
    assert {burden["by"] for burden in told["burdens"]} == {"role", "contract", "workplace"}
    assert told["probes"]["otherTeams"]["of"] == 10
    shown = run(tmp_path / "out", truth, "--probes", "0").output
    assert "no probes were made" in shown
    assert "role of the looker" in shown


def test_a_dataset_that_is_asked_for_and_not_there_is_a_fault(run_dir: Path, truth_dir: Path) -> None:
    refused = run(run_dir, truth_dir, "--dataset", truth_dir / "nowhere").exception
    assert isinstance(refused, InputError)
    assert "nowhere" in refused.faults[0]
