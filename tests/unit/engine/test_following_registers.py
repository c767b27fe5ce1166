"""Register files that are written while they are followed: what can be read counts, else what was read before."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.core.errors import InputError
from services.detector.following import FollowedRegisters
from services.detector.pipeline import Pipeline
from tests.datasets import replace_case_links, write_registers
from tests.unit.damaged.opening import when_opened
from tests.world import RING, World, local, settings

MARCH = local("2025-03-01 00:00")


@pytest.fixture
def world() -> World:
    made = World()
    made.employee(1)
    made.link(50, "e1", MARCH)
    return made


@pytest.fixture
def followed(world: World, tmp_path: Path) -> FollowedRegisters:
    write_registers(world, tmp_path)
    return FollowedRegisters(tmp_path, Pipeline(settings(), RING), ("declared",), None)


def not_read(*reasons: str) -> list[dict[str, object]]:
    return [
        {
            "event": "registers-not-read",
            "log_level": "warning",
            "reasons": list(reasons),
            "instead": "those read before",
        }
    ]


def test_a_register_that_is_gone_or_damaged_leaves_the_last_reading_in_force_and_is_told_once(
    followed: FollowedRegisters, world: World, tmp_path: Path
) -> None:
    before = followed.read().registers
    (tmp_path / "case-links.ndjson").rename(tmp_path / "elsewhere")
    with capture_logs() as logs:
        readings = [followed.read() for _ in range(3)]
    assert logs == not_read(
        f"{tmp_path}: case-links is missing; expected a file case-links with .parquet, .ndjson, .ndjson.gz, .ndjson.zst"
    )
    assert all(reading.registers is before and reading.changed_subjects.is_empty() for reading in readings)
    world.link(51, "e1", MARCH)
    replace_case_links(world, tmp_path)
    found = followed.read()
    assert found.registers.links.frame.height == 2
    assert found.changed_subjects.len() == 1


def test_a_register_that_changes_while_it_is_read_is_read_again_later(
    followed: FollowedRegisters, world: World, tmp_path: Path
) -> None:
    before = followed.read().registers
    world.link(51, "e1", MARCH)
    replace_case_links(world, tmp_path)
    world.link(52, "e1", MARCH)
    when_opened(tmp_path / "case-links.ndjson", lambda: replace_case_links(world, tmp_path))
    with capture_logs() as logs:
        assert followed.read().registers is before
        assert followed.read().registers.links.frame.height == 3
    right = "changed while it was read; start again when nothing writes to it any more"
    assert logs == not_read(f"case-links.ndjson: {right}")


def test_without_an_earlier_reading_a_register_that_cannot_be_read_is_a_fault(
    followed: FollowedRegisters, tmp_path: Path
) -> None:
    (tmp_path / "relations.ndjson").unlink()
    with pytest.raises(InputError, match="relations is missing"):
        followed.read()


def test_rows_that_contradict_each_other_are_told_when_they_are_read(
    followed: FollowedRegisters, world: World, tmp_path: Path
) -> None:
    world.employee(1, team="T2", valid_from=MARCH)
    write_registers(world, tmp_path)
    with capture_logs() as logs:
        for _ in range(3):
            followed.read()
    assert logs == [
        {
            "event": "register-rows-contradict",
            "log_level": "warning",
            "reason": (
                "employees.ndjson: 2 rows of 1 employee overlap in time; while they do, the one that began last counts "
                "for team, role and own file (rows 1 and 2); end each period where the next begins"
            ),
        }
    ]
