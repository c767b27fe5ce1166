"""`evaluate` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from services.core.errors import InputError
from services.detector.evaluate import evaluate_command


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
