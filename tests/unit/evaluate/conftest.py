"""The worked example as files: a run's output directory and the answers beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.evaluate.desk import Desk, six_signals_four_episodes


@pytest.fixture
def desk() -> Desk:
    return six_signals_four_episodes()


@pytest.fixture
def truth_dir(desk: Desk, tmp_path: Path) -> Path:
    return desk.answers.write(tmp_path / "desk-truth")


@pytest.fixture
def run_dir(desk: Desk, tmp_path: Path) -> Path:
    directory = tmp_path / "out"
    directory.mkdir()
    desk.signals.write_parquet(directory / "signals.parquet")
    desk.explained.write_parquet(directory / "explained.parquet")
    return directory
