"""`doctor` on what rules, optional registers and mandates need of a dataset."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.detector.rules import RULES
from services.detector.settings import AgencySettings
from services.doctor.findings import Status
from services.doctor.mandates import examine_mandates
from services.doctor.needs import NEEDS
from tests.unit.examined_agency import AFTER, KNOWN, Agency
from tests.unit.input.records import (
    BSNS,
    a_party,
    a_relation,
    a_statement,
    an_employee,
    write,
)
from tests.world import local


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return Agency(tmp_path / "agency")


def test_rules_without_input_are_named(agency: Agency) -> None:
    agency.relations = []
    inactive = [message.split(" is inactive")[0] for _, message in agency.told("rules")]
    assert inactive == ["relative-file", "ex-partner-file", "household-file"]


def test_relations_of_sources_that_may_not_be_used_make_no_rule_active(agency: Agency) -> None:
    agency.relations = [relation | {"source": "brp"} for relation in agency.relations]
    assert agency.told("rules")[0][1] == (
        "relative-file is inactive: relations hold no partner, child, parent, sibling or other relative; "
        "the rows of that kind come from sources that may not be used; see relation_sources and brp_legal_basis"
    )
    allowed = agency.findings(AgencySettings(brp_legal_basis="fictitious data"))
    assert [finding.status for finding in allowed if finding.check == "rules"] == [Status.OK]


def test_a_partnership_that_ended_is_input_for_ex_partner_file(agency: Agency) -> None:
    agency.relations = [a_relation(valid_to=AFTER), a_relation(bsn=BSNS[4], kind="household")]
    assert agency.told("rules") == []


def test_an_agency_where_nobody_may_handle_staff_files_is_told(agency: Agency) -> None:
    agency.employees = [an_employee(street="st-1", valid_to="2030-01-01T00:00:00+01:00")]
    ((status, message),) = agency.told("rules")
    assert status == "warning"
    assert message.startswith("staff-file-bypass: no employee has eigen_personeel")


def test_the_rules_that_are_told_of_exist() -> None:
    assert {rule.id for rule in RULES} >= {need.rule for need in NEEDS} - {"own-street"}


def test_a_rule_without_its_optional_register_is_told_as_inactive(agency: Agency) -> None:
    agency.statements = []
    told = (
        "no-confidentiality-statement is inactive: there is no register statements; deliver it, or know what this rule "
        "cannot see"
    )
    assert agency.told("rules") == [("warning", told)]


def test_a_rule_for_which_the_settings_name_no_system_is_told_with_what_would_be_right(agency: Agency) -> None:
    none = AgencySettings.model_validate({"statement_systems": []})
    told = "statement_systems names no system; name one, or know what this rule cannot see"
    assert [finding.message for finding in agency.findings(none) if finding.check == "rules"] == [
        f"no-confidentiality-statement is inactive: {told}"
    ]


def test_a_rule_that_is_switched_off_is_told_with_the_reason(agency: Agency) -> None:
    off = AgencySettings.model_validate({"rules_off": {"own-street": "addresses are not delivered"}})
    told = [finding.message for finding in agency.findings(off) if finding.check == "rules"]
    assert told == ["own-street is switched off: addresses are not delivered"]


def test_a_system_without_any_statement_would_give_a_signal_of_everybody(agency: Agency) -> None:
    agency.statements = [a_statement(system="sonar"), a_statement(employee_id="e-9")]
    assert agency.told("rules") == []
    agency.statements = [a_statement(system="sonar")]
    ((level, told),) = agency.told("rules")
    assert level == "warning"
    assert told.startswith("no-confidentiality-statement: statements hold none for suwinet")


def test_optional_rows_of_unknown_employees_and_cases_are_told(agency: Agency) -> None:
    agency.statements = [a_statement(), a_statement(employee_id="e-9")]
    write(agency.path / "case-parties.ndjson", [a_party(case_id="c-404")])
    assert agency.told("statements") == [
        ("warning", f"1 of 2 statements names 1 employee{KNOWN}; complete that register, or these rows explain nothing")
    ]
    ((level, told),) = agency.told("case-parties")
    assert level == "fault"
    assert told.startswith("1 of 1 party stand in cases that no case link names; write case_id alike in both registers")


@pytest.mark.parametrize(
    ("today", "told"),
    [
        ("2025-03-01", "1 in force or to come, none ends within a fortnight"),
        ("2025-03-17", "mandate 1 ends on 2025-03-31; have a new one approved if the work goes on"),
        ("2025-04-01", "mandate 1 ended on 2025-03-31; what it covered counts since; renew it, or leave it out"),
    ],
)
def test_a_mandate_that_ends_is_told_in_time(today: str, told: str) -> None:
    mandate = {
        "systems": ["sonar"], "role": "auditor", "asked_by": "head of audit", "approved_by": "director",
        "reason": "sample", "from": "2025-03-01", "to": "2025-03-31",
    }  # fmt: skip
    settings = AgencySettings.model_validate({"mandates": [mandate]})
    (finding,) = examine_mandates(settings, local(f"{today} 12:00"))
    assert finding.message.startswith(told)
