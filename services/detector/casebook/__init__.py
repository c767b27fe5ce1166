"""Cases of rules and explanations, written in YAML, into a verdict on each: the engine did what is expected, or not."""

from __future__ import annotations

from pathlib import Path

from services.detector.casebook.judging import CaseResult
from services.detector.casebook.reading import read_cases
from services.detector.casebook.running import results

__all__ = ["CaseResult", "read_cases", "run_cases"]


def run_cases(directory: Path) -> list[CaseResult]:
    """Runs every case of `directory/*.yaml` (rules) and `directory/explanations/*.yaml` through the engine.

    Raises InputError with all faults of all files at once, before anything runs.
    """
    return results(read_cases(directory))
