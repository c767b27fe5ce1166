"""Registers into findings about how they fit: what one names and another does not have."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from services.doctor.findings import Finding, fault, number, warning

BY_SYSTEM = "system:"
OF_EMPLOYEES = {
    "self-reports": ("self-report", "self-reports"),
    "statements": ("statement", "statements"),
    "absences": ("absence", "absences"),
}
"""Optional registers that name employees, and what one row of each is called."""


def examine_fit(registers: Mapping[str, pl.DataFrame]) -> list[Finding]:
    """Frames of valid rows by register; one that is not there or could not be read is absent."""
    employees = registers.get("employees")
    if employees is None:
        return []
    found = []
    if (links := registers.get("case-links")) is not None:
        found += _links(links, employees)
    if (relations := registers.get("relations")) is not None:
        found += _unknown(
            "relations", relations["employee_id"], employees["employee_id"], ("relation", "relations"), "employees"
        )
    for register, thing in OF_EMPLOYEES.items():
        if (rows := registers.get(register)) is not None:
            found += _unknown(register, rows["employee_id"], employees["employee_id"], thing, "employees")
    if (parties := registers.get("case-parties")) is not None and links is not None:
        found += _without_case(parties, links)
    return found


def _without_case(parties: pl.DataFrame, links: pl.DataFrame) -> list[Finding]:
    """Parties that explain nothing, because no case link names their case."""
    strange = parties.filter(~pl.col("case_id").is_in(links["case_id"].unique().implode()))
    if strange.is_empty():
        return []
    told = f"{strange.height:,} of {number(parties.height, 'party', 'parties')} stand in cases that no case link names"
    level = fault if strange.height == parties.height else warning
    return [level("case-parties", f"{told}; write case_id alike in both registers, or these rows explain nothing")]


def _links(links: pl.DataFrame, employees: pl.DataFrame) -> list[Finding]:
    """Links that no lookup can rest on, because their assignee or registrar is nobody's."""
    to_person, to_team = pl.col("assignee_kind") == "employee", pl.col("assignee_kind") == "team"
    known = employees["employee_id"]
    assigned = links.filter(to_person)["assignee_id"]
    queues = links.filter(to_team)["assignee_id"]
    registrars = links.filter(~pl.col("registered_by").str.starts_with(BY_SYSTEM))["registered_by"]
    link = ("case link", "case links")
    return [
        *_unknown("case-links", assigned, known, link, "employees"),
        *_unknown("case-links", queues, employees["team_id"], ("case link of a team", "case links of teams"), "teams"),
        *_unknown("case-links", registrars, known, ("registration", "registrations"), "employees"),
    ]


def _unknown(check: str, used: pl.Series, known: pl.Series, thing: tuple[str, str], whose: str) -> list[Finding]:
    """How many of the rows name somebody whom the register of employees does not."""
    strange = used.filter(~used.is_in(known.unique().implode()))
    if strange.is_empty():
        return []
    if strange.len() == used.len():
        return [
            fault(
                check,
                f"no {thing[0]} names any of the {whose} in the register of employees ({used.len():,} in all); "
                "write the ids alike in both registers",
            )
        ]
    told = f"{strange.len():,} of {number(used.len(), *thing)} {'names' if strange.len() == 1 else 'name'}"
    return [
        warning(
            check,
            f"{told} {number(strange.n_unique(), whose[:-1], whose)} that the register of employees does not have; "
            "complete that register, or these rows explain nothing",
        )
    ]
