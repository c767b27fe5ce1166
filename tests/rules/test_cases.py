"""Every case of every rule and explanation, through the engine."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from services.detector.casebook import read_cases
from services.detector.casebook.judging import CaseResult
from services.detector.casebook.running import companies, verdicts

CASES = read_cases(Path(__file__).parent)
COMPANIES = companies(CASES)


@cache
def results(company: int) -> dict[int, CaseResult]:
    places = COMPANIES[company]
    return dict(zip(places, verdicts([CASES[place] for place in places]), strict=True))


def in_order() -> list[ParameterSet]:
    """Cases with an agency to themselves take a second each: the fast loop has one that fires per rule and one not."""
    told, seen = [], set()
    for company, places in enumerate(COMPANIES):
        for place in places:
            filed = CASES[place]
            kind = (filed.about, filed.case.kind)
            sample = filed.case.kind in ("firing", "non-firing") and kind not in seen
            slow = [] if sample or len(places) > 1 else [pytest.mark.slow]
            seen.add(kind)
            told.append(pytest.param(company, place, id=f"{filed.about}: {filed.case.name}", marks=slow))
    return told


@pytest.mark.parametrize(("company", "place"), in_order())
def test_the_engine_does_what_the_case_expects(company: int, place: int) -> None:
    result = results(company)[place]
    assert result.passed, "\n".join(result.faults)
