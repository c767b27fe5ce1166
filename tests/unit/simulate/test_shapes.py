"""The simulated work has the shapes of real desks, within bounds (docs/simulation.md)."""

from __future__ import annotations

import pytest

from benchmarks.shape_figures import FIGURES, Work
from benchmarks.shapes import simulated as work_of_dataset
from tests.unit.simulate.conftest import Simulated

BOUNDS = {
    "share of days on a file again within 7 days": (0.09, 0.36),
    "share of days on a file again within 30 days": (0.13, 0.5),
    "files that several employees opened": (0.39, 0.9),
    "work of the busiest tenth of employees": (0.18, 0.54),
    "lines per file and day": (1.3, 6.6),
    "lines from 07:00 to 19:00": (0.85, 1.0),
    "lines at weekends": (0.001, 0.07),
    "Monday against the mean weekday": (0.86, 1.4),
    "Friday against the mean weekday": (0.6, 1.1),
}
"""From the real desk with the least to that with the most, wider where three weeks of a small agency vary more."""


@pytest.fixture(scope="module")
def work(simulated: Simulated) -> Work:
    return work_of_dataset(simulated.report.out)


@pytest.mark.parametrize("name", BOUNDS)
def test_a_figure_lies_among_those_of_real_desks(work: Work, name: str) -> None:
    least, most = BOUNDS[name]
    assert least <= FIGURES[name](work) <= most
