"""The command line when all goes well: help, exit code 0, and output for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
import typer

from services import cli
from tests.unit.command_line import run, small_dataset

CASE = """
rule: own-file
cases:
  - {name: the own file, kind: firing, looks: [{file: anna}], expect: {fires: true, class: P}}
"""


def command_lines(group: object, typed: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command and command of commands, as one types it."""
    for name, command in getattr(group, "commands", {}).items():
        yield (*typed, name)
        yield from command_lines(command, (*typed, name))


COMMANDS = list(command_lines(typer.main.get_command(cli.application(cli.COMMANDS))))


def test_the_commands_are_those_of_the_readme() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    assert {line[0] for line in COMMANDS} >= {
        "demo", "simulate", "rescore", "detect", "evaluate", "serve", "migrate", "rules", "explain",
    }  # fmt: skip
    for line in COMMANDS:
        assert f"`doelbinding {line[0]}" in readme


@pytest.mark.parametrize("line", COMMANDS, ids=" ".join)
def test_every_command_has_help(line: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*line, "--help") == 0
    shown = capsys.readouterr()
    assert f"doelbinding {' '.join(line)}" in shown.out
    assert "InputError" not in shown.out  # a docstring for programmers is no help
    assert shown.err == ""


def test_without_a_command_the_help_is_shown_and_the_usage_was_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 2
    assert "rescore" in "".join(capsys.readouterr())


def test_rescore_writes_its_files_and_counts_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dataset = small_dataset(tmp_path / "agency")
    assert run("rescore", dataset, "--out", tmp_path / "out", "--home", tmp_path / "home", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["lookups"], told["scored"], told["signals"]) == (2, 2, {"own-file": 1})
    names = {path.name for path in (tmp_path / "out").iterdir()}
    told_once = {"signals.parquet", "evidence.parquet", "explained.parquet", "dead-letters.parquet", "coverage.json"}
    assert names == told_once
    assert json.loads((tmp_path / "out" / "coverage.json").read_text()) == told


def test_rescore_tells_a_person_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dataset = small_dataset(tmp_path / "agency")
    assert run("rescore", dataset, "--out", tmp_path / "out", "--home", tmp_path / "home") == 0
    shown = capsys.readouterr().out
    assert "own-file" in shown
    assert "lookups: 2" in shown


def test_rescoring_again_gives_equal_signals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = ("rescore", small_dataset(tmp_path / "agency"), "--home", tmp_path / "home", "--json")
    assert run(*line, "--out", tmp_path / "first") == 0
    capsys.readouterr()
    assert run(*line, "--out", tmp_path / "second", "--compare", tmp_path / "first") == 0
    assert json.loads(capsys.readouterr().out)["compared"] == {"new": 0, "gone": 0, "changed": 0, "equal": 1}


def test_rescore_of_a_period_leaves_out_what_was_raised_before_it(tmp_path: Path) -> None:
    line = ("rescore", small_dataset(tmp_path / "agency"), "--home", tmp_path / "home", "--out", tmp_path / "out")
    assert run(*line, "--from", "2025-03-04T00:00:00+01:00") == 0
    assert pl.read_parquet(tmp_path / "out" / "signals.parquet").is_empty()
    assert run(*line, "--from", "2025-03-03T00:00:00+01:00", "--to", "2025-03-05T00:00:00Z") == 0
    assert pl.read_parquet(tmp_path / "out" / "signals.parquet").height == 1


def test_simulate_counts_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("simulate", tmp_path / "agency", "--employees", "50", "--weeks", "1", "--json") == 0
    assert json.loads(capsys.readouterr().out)["employees"] == 50


def test_rules_list_has_a_row_per_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rules", "list", "--json") == 0
    rules = json.loads(capsys.readouterr().out)
    assert {"rule": "own-file", "class": "P"}.items() <= rules[0].items()
    assert run("rules", "list") == 0
    shown = capsys.readouterr().out
    assert all(rule["rule"] in shown for rule in rules)


def test_rules_show_says_what_a_rule_rests_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rules", "show", "own-file") == 0
    shown = capsys.readouterr().out
    for text in ("own-file", "False positives:", "Known gaps:", "Next steps:", "| factor |"):
        assert text in shown


def test_rules_test_runs_the_cases_of_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "own-file.yaml").write_text(CASE)
    assert run("rules", "test", tmp_path, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["cases"], told["failed"]) == (1, 0)


def test_migrate_makes_both_databases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOELBINDING_HOME", str(tmp_path))
    assert run("migrate") == 0
    assert {path.name for path in tmp_path.glob("*.sqlite")} == {"api.sqlite", "detector.sqlite"}
