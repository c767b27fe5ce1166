"""The command line inside the test's own process, and a dataset that takes no time."""

from __future__ import annotations

from pathlib import Path

from services import cli
from services.core.contract import LOOKUP
from tests.datasets import lines, write_registers
from tests.world import World, local


def run(*arguments: str | Path) -> int:
    """The exit code of a command line."""
    return cli.run([str(argument) for argument in arguments])


def small_dataset(path: Path) -> Path:
    """An employee who looks at the own file, and a search a day later."""
    world = World()
    world.employee(1)
    world.look("e1", 1, local("2025-03-03 10:00"))
    world.look("e1", None, local("2025-03-04 10:00"), action="search")
    write_registers(world, path)
    (path / "lookups" / "march.ndjson").write_bytes(lines(LOOKUP, world.lookups))
    return path
