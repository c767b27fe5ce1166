"""A re-scored run with a child's file, a withdrawn signal, a crowd and an export, made once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from services.core.contract import LOOKUP
from tests.datasets import lines, write_registers
from tests.unit.command_line import run
from tests.world import World, local

MONDAY = local("2025-03-03 10:00")
Find = Callable[..., str]


def small_agency() -> World:
    world = World()
    for number in range(1, 9):
        world.employee(number, team=f"T{number}")
    world.relation("e1", 100, "child")
    world.look("e1", 100, MONDAY, action="print", data_categories=["medical", "income"])
    world.look("e1", 100, MONDAY + timedelta(days=1), data_categories=None)
    world.look("e2", 101, MONDAY)
    world.link(101, "e2", MONDAY - timedelta(days=1), registered_at=MONDAY + timedelta(days=10))
    for number in range(3, 9):
        world.look(f"e{number}", 102, MONDAY + timedelta(hours=number))
    world.look("e8", None, MONDAY + timedelta(days=20), action="export", record_count=5_000)
    return world


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("casefile")
    world = small_agency()
    write_registers(world, folder / "dataset")
    (folder / "dataset" / "lookups" / "march.ndjson").write_bytes(lines(LOOKUP, world.lookups))
    assert run("rescore", folder / "dataset", "--out", folder / "run", "--home", folder / "home", "--json") == 0
    return folder / "run"


@pytest.fixture(scope="session")
def find(run_folder: Path) -> Find:
    """The id of the first signal with these values."""

    def found(**values: object) -> str:
        signals = pl.read_parquet(run_folder / "signals.parquet").filter(**values).sort("signal_id")
        return str(signals["signal_id"][0])

    return found
