"""Cases in YAML: what is wrong in them is told at once, and a wrong expectation is found out."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from services.core.errors import DoelbindingError, InputError
from services.detector.casebook import read_cases, run_cases
from services.detector.casebook.command import rules_test_command

RIGHT = """
rule: own-file
cases:
  - name: the own BSN in a client system
    kind: firing
    looks: [{file: anna}, {}]
    expect: {fires: true, class: P, moments: 1}
"""


def told(directory: Path) -> list[str]:
    with pytest.raises(InputError) as fault:
        read_cases(directory)
    return list(fault.value.faults)


def run_command(*arguments: str) -> tuple[str, BaseException | None]:
    app = typer.Typer()
    app.command()(rules_test_command)
    result = CliRunner().invoke(app, list(arguments))
    return result.output, result.exception


def test_a_right_case_passes_in_one_slice_and_in_several(tmp_path: Path) -> None:
    (tmp_path / "own-file.yaml").write_text(RIGHT)
    (result,) = run_cases(tmp_path)
    assert result.passed, result.faults
    assert (result.file, result.about, result.kind) == ("own-file.yaml", "own-file", "firing")


def test_every_difference_from_the_expectation_is_told(tmp_path: Path) -> None:
    wrong = "{fires: true, class: B, moments: 2, score_at_least: 99, factors: {case-link-exists: -3.0}, conflicts: 1}"
    (tmp_path / "own-file.yaml").write_text(RIGHT.replace("{fires: true, class: P, moments: 1}", wrong))
    (result,) = run_cases(tmp_path)
    assert len(result.faults) == 5


def test_a_rule_that_should_not_fire_and_does_is_told(tmp_path: Path) -> None:
    text = RIGHT.replace("kind: firing", "kind: boundary").replace(
        "{fires: true, class: P, moments: 1}", "{fires: false}"
    )
    (tmp_path / "own-file.yaml").write_text(text)
    (result,) = run_cases(tmp_path)
    assert result.faults[0].startswith("expected no signal of own-file, got: open")


def test_all_faults_of_all_files_are_told_with_file_and_case(tmp_path: Path) -> None:
    (tmp_path / "own-file.yaml").write_text(
        RIGHT.replace("moments: 1", "momentz: 1").replace("file: anna", "file: anna, action: vieuw")
    )
    (tmp_path / "relative-file.yaml").write_text(RIGHT.replace("own-file", "relativ-file"))
    (tmp_path / "household-file.yaml").write_text("rule: household-file\ncases: [{name: no expectation at all}]")
    (tmp_path / "colleague-file.yaml").write_text("rule: [")
    faults = told(tmp_path)
    assert [fault.split(": is not YAML")[0] for fault in faults[:1]] == ["colleague-file.yaml"]
    assert "household-file.yaml: case 'no expectation at all': expect: is missing" in faults
    assert "household-file.yaml: case 'no expectation at all': kind: is missing" in faults
    where = "own-file.yaml: case 'the own BSN in a client system':"
    assert f"{where} expect.momentz: is not a key that may stand here" in faults
    assert any(
        fault.startswith(f"{where} looks.1.action: 'vieuw' is not known; use one of: search,") for fault in faults
    )
    assert any(fault.startswith("relative-file.yaml: rule: 'relativ-file' is not known") for fault in faults)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("file: anna", "file: ana"), "looks.1.file: 'ana' is nobody here"),
        (("file: anna", "by: daan"), "looks.1.by: 'daan' is nobody here"),
        (("kind: firing", "kind: non-firing"), "a case of kind non-firing cannot expect the contrary"),
        (("kind: firing", "kind: often"), "kind: Input should be 'firing'"),
        (("{fires: true, class: P, moments: 1}", "{fires: false, score: 3}"), "has no signal to check: score"),
        (("{fires: true, class: P,", "{fires: true, instead: nothing,"), "only says something where"),
        (("file: anna", "file: anna, at: yesterday"), "'yesterday' is no time; write it as 2025-03-11 10:00"),
        (("looks: [{file: anna}, {}]", "looks: []"), "looks: Tuple should have at least 1 item"),
        (("    kind: firing\n", "    kind: firing\n    kind: boundary\n"), "key 'kind' is given twice"),
        (("rule: own-file", "rule: relative-file"), "belongs in a file named relative-file.yaml"),
        (("looks:", "as_known_at: 2025-03-11 09:00\n    looks:"), "as_known_at: must lie after the first look"),
    ],
)
def test_a_fault_says_what_would_be_right(tmp_path: Path, change: tuple[str, str], fault: str) -> None:
    assert change[0] in RIGHT
    (tmp_path / "own-file.yaml").write_text(RIGHT.replace(*change))
    assert any(fault in line for line in told(tmp_path)), told(tmp_path)


def test_two_cases_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "own-file.yaml").write_text(RIGHT + RIGHT.split("cases:\n")[1])
    assert told(tmp_path) == ["own-file.yaml: case 'the own BSN in a client system': the name is given twice"]


@pytest.mark.parametrize("content", ["", "- a list", "just text", "a: 2025-02-30"])
def test_a_file_that_holds_no_cases_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "own-file.yaml").write_text(content)
    assert told(tmp_path)[0].startswith("own-file.yaml: ")


def test_a_folder_that_is_not_there_or_holds_no_cases_is_told(tmp_path: Path) -> None:
    assert "is not a directory" in told(tmp_path / "nowhere")[0]
    assert "holds no cases" in told(tmp_path)[0]


def test_the_command_tells_how_many_passed(tmp_path: Path) -> None:
    (tmp_path / "own-file.yaml").write_text(RIGHT)
    output, fault = run_command(str(tmp_path))
    assert "1 cases passed" in output
    assert fault is None


def test_the_command_names_what_failed_and_fails(tmp_path: Path) -> None:
    (tmp_path / "own-file.yaml").write_text(RIGHT.replace("moments: 1", "moments: 2"))
    output, fault = run_command(str(tmp_path))
    assert "own-file.yaml: the own BSN in a client system" in output
    assert "expected moments 2, got 1" in output
    assert isinstance(fault, DoelbindingError)
    assert str(fault) == "1 of 1 cases failed"


def test_outside_a_checkout_the_command_asks_for_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _, fault = run_command()
    assert isinstance(fault, InputError)
    assert "doelbinding rules test DIR" in str(fault)
