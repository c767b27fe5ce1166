"""Bad arguments are told all at once; the command prints a summary."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from services.core.errors import InputError
from services.detector.simulate.cli import simulate_command
from services.detector.simulate.simulation import simulate


def test_all_faults_of_the_arguments_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "agency").mkdir()
    (tmp_path / "agency" / "kept.txt").write_text("mine")
    with pytest.raises(InputError) as error:
        simulate(tmp_path / "agency", 49, 521, -1, lambda _stage, _done: None)
    told = error.value.faults
    assert [fault.split()[0] for fault in told[:3]] == ["employees", "weeks", "seed"]
    assert "not empty" in told[3]
    assert (tmp_path / "agency" / "kept.txt").exists()


def test_no_weeks_is_a_fault_too(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="weeks is 0; it must be 1 to 520"):
        simulate(tmp_path / "agency", 50, 0, 1, lambda _stage, _done: None)


def test_a_file_in_the_place_of_the_directory_or_of_the_answers_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "agency").write_text("a file")
    (tmp_path / "agency-truth").mkdir()
    (tmp_path / "agency-truth" / "truth.parquet").write_text("kept")
    with pytest.raises(InputError) as error:
        simulate(tmp_path / "agency", 50, 1, 1, lambda _stage, _done: None)
    assert ["is a file" in error.value.faults[0], "not empty" in error.value.faults[1]] == [True, True]


def test_an_empty_directory_will_do_and_progress_runs_from_nothing_to_done(tmp_path: Path) -> None:
    (tmp_path / "agency").mkdir()
    told: list[float] = []
    report = simulate(tmp_path / "agency", 50, 1, 0, lambda _stage, done: told.append(done))
    assert report.lookups > 0
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)


def test_the_command_prints_json_when_asked(tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(simulate_command)
    out = tmp_path / "agency"
    result = CliRunner().invoke(app, [str(out), "--employees", "50", "--weeks", "1", "--json"])
    assert result.exit_code == 0
    summary = json.loads(result.output)
    assert summary["employees"] == 50
    assert summary["out"] == str(out)
    assert (out / "employees.parquet").exists()
