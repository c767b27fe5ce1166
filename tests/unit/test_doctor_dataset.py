"""`doctor` on a dataset directory: its files, its records and how registers fit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services.detector.settings import AgencySettings
from services.doctor.dataset import examine_dataset
from services.doctor.findings import Status
from tests.unit.command_line import run
from tests.unit.examined_agency import AFTER, BEFORE, WHOLE, Agency
from tests.unit.input.records import (
    BSNS,
    JsonRecord,
    a_link,
    a_lookup,
    a_relation,
    an_employee,
    write,
)


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return Agency(tmp_path / "agency")


def test_a_dataset_in_order_is_told_with_its_rows(agency: Agency) -> None:
    assert [(finding.check, finding.status.value, finding.message) for finding in agency.findings()] == [
        ("lookups", "ok", "1 file; lookups/day-1.ndjson, its head: 5 valid records"),
        ("case-links", "ok", "case-links.ndjson: 2 valid records"),
        ("employees", "ok", "employees.ndjson: 2 valid records"),
        ("relations", "ok", "relations.ndjson: 3 valid records"),
        ("statements", "ok", "statements.ndjson: 1 valid record"),
        ("rules", "ok", "every rule has the input that it needs"),
    ]


def test_everything_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    write(tmp_path / "employees.ndjson", [an_employee()])
    write(tmp_path / "employees.parquet", [])
    found = [finding.message for finding in examine_dataset(tmp_path, None) if finding.check == "dataset"]
    assert [message.split(";")[0] for message in found] == [
        f"{tmp_path / 'lookups'}: is missing",
        f"{tmp_path}: case-links is missing",
        f"{tmp_path}: employees is there more than once, as employees.parquet and employees.ndjson",
        f"{tmp_path}: relations is missing",
    ]


def test_a_directory_that_is_none_is_a_fault(tmp_path: Path) -> None:
    (finding,) = examine_dataset(tmp_path / "nowhere", None)
    assert (finding.check, finding.status) == ("dataset", Status.FAULT)


def test_records_that_are_not_valid_are_counted_by_code(agency: Agency) -> None:
    agency.employees += [an_employee(bsn="960000000"), an_employee(bsn="960000000", role="")]
    agency.lookups += [a_lookup(9, action="peek")]
    assert agency.told("employees") == [
        (
            "warning",
            (
                "employees.ndjson: 2 valid records, 2 not valid (bsn-fails-11-proef 2, missing-field 1); "
                "mend the export of this register or system"
            ),
        )
    ]
    ((_, message),) = agency.told("lookups")
    assert "5 valid records, 1 not valid (unknown-action 1)" in message


def test_a_register_without_one_valid_record_is_a_fault(agency: Agency) -> None:
    agency.relations = [a_relation(kind="neighbour")]
    assert agency.told("relations")[0][0] == "fault"


def test_a_register_that_cannot_be_read_is_a_fault_and_the_others_are_told(agency: Agency) -> None:
    agency.findings()
    (agency.path / "relations.ndjson").unlink()
    (agency.path / "relations.parquet").write_bytes(b"PAR1 and nothing more PAR1")
    found = examine_dataset(agency.path, AgencySettings())
    assert {finding.check for finding in found if finding.status is Status.FAULT} == {"relations"}
    assert {finding.check for finding in found if finding.status is Status.OK} == WHOLE


def test_a_file_whose_ending_is_not_known_is_told(agency: Agency) -> None:
    write(agency.path / "lookups" / "day-2.jsonl", [a_lookup()])
    assert agency.told("lookups") == [
        (
            "warning",
            (
                "lookups/day-2.jsonl: is not read, because of its ending; end it in one of .parquet, .ndjson, "
                ".ndjson.gz, .ndjson.zst, or move it elsewhere"
            ),
        )
    ]


@pytest.mark.parametrize(
    ("second", "overlaps"),
    [
        ({"valid_from": AFTER}, False),
        ({"valid_from": BEFORE, "registered_at": AFTER}, False),
        ({"valid_from": "2024-06-30T00:00:00+02:00"}, True),
    ],
)
def test_periods_of_an_employee_that_overlap_are_told(agency: Agency, second: JsonRecord, overlaps: bool) -> None:
    first = {"employee_id": "e-3", "valid_from": BEFORE, "valid_to": AFTER}
    agency.employees += [an_employee(**first), an_employee(**{"employee_id": "e-3"} | second)]
    expected = (
        "employees.ndjson: 2 rows of 1 employee overlap in time; while they do, the one that began last counts for "
        "team, role and own file (rows 3 and 4); end each period where the next begins"
    )
    assert agency.told("employees") == ([("warning", expected)] if overlaps else [])


def test_links_of_people_and_teams_that_nobody_knows_are_counted(agency: Agency) -> None:
    agency.links += [
        a_link(link_id="l-3", assignee_kind="employee", assignee_id="e-77"),
        a_link(link_id="l-4", assignee_kind="employee", assignee_id="e-77"),
        a_link(link_id="l-5", assignee_id="t-77"),
        a_link(link_id="l-6", registered_by="e-77"),
    ]
    messages = [
        (status, message.split(" that the register")[0].split(";")[0]) for status, message in agency.told("case-links")
    ]
    assert messages == [
        ("warning", "2 of 3 case links name 1 employee"),
        ("warning", "1 of 3 case links of teams names 1 team"),
        ("fault", "no registration names any of the employees in the register of employees (1 in all)"),
    ]


def test_registers_that_write_ids_in_two_ways_are_a_fault(agency: Agency) -> None:
    agency.relations = [a_relation(employee_id="E-0001"), a_relation(employee_id="E-0002", kind="household")]
    assert agency.told("relations") == [
        (
            "fault",
            (
                "no relation names any of the employees in the register of employees (2 in all); "
                "write the ids alike in both registers"
            ),
        )
    ]


def test_empty_registers_of_people_and_of_work_are_faults(agency: Agency) -> None:
    agency.employees, agency.links, agency.relations = [], [], []
    assert [message.split(":")[0] for status, message in agency.told("rules") if status == "fault"] == [
        "employees is empty",
        "case-links is empty",
    ]


def test_no_identity_is_shown(agency: Agency, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    agency.links += [a_link(link_id="l-3", assignee_kind="employee", assignee_id="e-secret", bsn="960000001")]
    agency.employees += [an_employee(bsn=BSNS[7], team_id=""), an_employee(valid_from=AFTER)]
    agency.findings()
    for options in ((), ("--json",)):
        assert run("doctor", "--home", tmp_path / "home", "--dataset", agency.path, *options) == 0
        shown = capsys.readouterr().out
        assert not any(bsn in shown for bsn in BSNS)
        assert "e-secret" not in shown
        assert "960000001" not in shown


def test_the_command_examines_a_dataset(agency: Agency, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    agency.links = []
    agency.findings()
    assert run("doctor", "--home", tmp_path / "home", "--dataset", agency.path, "--json") == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    assert [each["status"] for each in found if "case-links is empty" in each["message"]] == ["fault"]
