"""Optional registers that come, go and change while they are followed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from services.core.contract import ABSENCE, CASE_PARTY, SELF_REPORT, STATEMENT
from services.core.errors import InputError
from services.core.pseudonyms import BSN_DOMAIN, EMPLOYEE_DOMAIN, Pseudonymiser
from services.detector.following import FollowedRegisters, Reading
from services.detector.pipeline import Pipeline
from services.detector.sources.registers import Registers
from tests.datasets import lines, write_registers
from tests.world import BSNS, LONG_AGO, RING, World, local, settings

MARCH = local("2025-03-01 00:00")
FILES = {"case-parties": CASE_PARTY, "self-reports": SELF_REPORT, "statements": STATEMENT, "absences": ABSENCE}
PARTY = {"case_id": "case0", "bsn": BSNS[60], "kind": "partner", "valid_from": MARCH}
REPORT = {
    "report_id": "r1", "employee_id": "e1", "bsn": BSNS[61], "occurred_at": MARCH,
    "registered_at": MARCH + timedelta(hours=1),
}  # fmt: skip
SIGNED = {"employee_id": "e1", "system": "suwinet", "valid_from": LONG_AGO}
AWAY = {"employee_id": "e1", "kind": "leave", "valid_from": MARCH}


@pytest.fixture
def followed(tmp_path: Path) -> FollowedRegisters:
    world = World()
    world.employee(1)
    world.employee(2)
    world.link(50, "e1", MARCH)
    world.link(51, "e2", MARCH)
    write_registers(world, tmp_path)
    return FollowedRegisters(tmp_path, Pipeline(settings(), RING), ("declared",), None)


def write(folder: Path, register: str, *rows: dict[str, object]) -> None:
    (folder / f"{register}.ndjson").write_bytes(lines(FILES[register], rows))


def changed(reading: Reading) -> tuple[set[str], set[str]]:
    """Which employees and persons changed, by their ids and numbers."""
    return (
        named(reading.changed_employees, ["e1", "e2"], EMPLOYEE_DOMAIN),
        named(reading.changed_subjects, BSNS[:70], BSN_DOMAIN),
    )


def named(keys: pl.Series, values: list[str], domain: str) -> set[str]:
    known = Pseudonymiser(RING).intern(pl.Series(values), domain)
    return set(known.filter(known["key"].is_in(keys.implode()))["value"].to_list())


def test_a_dataset_may_lack_the_optional_registers(followed: FollowedRegisters) -> None:
    registers = followed.read().registers
    assert (registers.derived, registers.statements, registers.absences) == (None, None, None)


def test_a_register_that_comes_concerns_everybody_and_its_rows_only_themselves(
    followed: FollowedRegisters, tmp_path: Path
) -> None:
    followed.read()
    write(tmp_path, "statements", SIGNED)
    assert changed(followed.read())[0] == {"e1", "e2"}
    write(tmp_path, "statements", SIGNED, SIGNED | {"employee_id": "e2"})
    assert changed(followed.read()) == ({"e2"}, set())


def test_a_party_or_report_that_comes_concerns_its_person(followed: FollowedRegisters, tmp_path: Path) -> None:
    followed.read()
    write(tmp_path, "case-parties", PARTY)
    write(tmp_path, "self-reports", REPORT)
    found = followed.read()
    assert found.registers.derived is not None
    assert found.registers.derived.frame["link_kind"].sort().to_list() == ["linked-person", "self-report"]
    assert changed(found) == (set(), {BSNS[60], BSNS[61]})
    (tmp_path / "case-parties.ndjson").unlink()
    assert changed(followed.read()) == (set(), {BSNS[60]})


def test_leave_concerns_the_persons_whose_cases_the_absent_employee_has(
    followed: FollowedRegisters, tmp_path: Path
) -> None:
    write(tmp_path, "absences")
    followed.read()
    write(tmp_path, "absences", AWAY)
    assert changed(followed.read()) == ({"e1"}, {BSNS[50]})


def test_an_optional_register_that_is_there_twice_is_a_fault(tmp_path: Path) -> None:
    write_registers(World(), tmp_path)
    write(tmp_path, "absences", AWAY)
    (tmp_path / "absences.parquet").write_bytes(b"")
    with pytest.raises(InputError, match="absences is there more than once"):
        Registers(tmp_path)


def test_bad_rows_of_an_optional_register_are_dead_letters(followed: FollowedRegisters, tmp_path: Path) -> None:
    write(tmp_path, "self-reports", REPORT, REPORT | {"bsn": "123"}, REPORT | {"registered_at": None})
    found = followed.read()
    assert found.dead["record"].to_list() == ["self-report", "self-report"]
    assert found.registers.derived is not None
    assert found.registers.derived.frame.height == 1
