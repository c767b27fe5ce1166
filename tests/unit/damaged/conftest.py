"""An agency on disk for each test, and one key ring for all of them, so that signals can be compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.damaged.agency import Agency


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def known() -> dict[str, object]:
    return {}


@pytest.fixture
def agency(tmp_path: Path, home: Path, known: dict[str, object]) -> Agency:
    made = Agency(tmp_path, home, known)
    made.write()
    return made
