"""Every case of every rule and explanation, through the engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.detector.casebook import CaseResult, read_cases, run_cases
from services.detector.casebook.reading import Filed

DIRECTORY = Path(__file__).parent
CASES = read_cases(DIRECTORY)


@pytest.fixture(scope="module")
def results() -> dict[tuple[str, str], CaseResult]:
    return {(result.file, result.name): result for result in run_cases(DIRECTORY)}


@pytest.mark.parametrize("filed", CASES, ids=lambda filed: f"{filed.about}: {filed.case.name}")
def test_the_engine_does_what_the_case_expects(filed: Filed, results: dict[tuple[str, str], CaseResult]) -> None:
    result = results[filed.file, filed.case.name]
    assert result.passed, "\n".join(result.faults)
