"""A dataset in order for `doctor`, whose registers a test may change before it is examined."""

from __future__ import annotations

from pathlib import Path

from services.detector.settings import AgencySettings
from services.doctor.dataset import examine_dataset
from services.doctor.findings import Finding, Status
from tests.unit.input.records import (
    BSNS,
    a_link,
    a_lookup,
    a_relation,
    a_statement,
    an_employee,
    write,
)

BEFORE, AFTER = "2024-01-01T00:00:00+01:00", "2024-07-01T00:00:00+02:00"
"""A time long past, for what began or ended then."""
WHOLE = {"lookups", "case-links", "employees", "statements"}
"""The checks of which a dataset in order has nothing to say but its rows."""
KNOWN = " that the register of employees does not have"


class Agency:
    """A dataset in order, whose registers a test may change before it is written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.links = [a_link(), a_link(link_id="l-2", assignee_kind="employee", assignee_id="e-1")]
        leaves = "2030-01-01T00:00:00+01:00"
        self.employees = [
            an_employee(eigen_personeel=True, street="st-1"),
            an_employee(employee_id="e-2", bsn=BSNS[3], valid_to=leaves),
        ]
        self.relations = [
            a_relation(),
            a_relation(bsn=BSNS[4], kind="household"),
            a_relation(bsn=BSNS[5], kind="ex_partner"),
        ]
        self.statements = [a_statement()]
        self.lookups = [a_lookup(number) for number in range(5)]

    def findings(self, settings: AgencySettings | None = None) -> list[Finding]:
        write(self.path / "lookups" / "day-1.ndjson", self.lookups)
        write(self.path / "case-links.ndjson", self.links)
        write(self.path / "employees.ndjson", self.employees)
        write(self.path / "relations.ndjson", self.relations)
        if self.statements:
            write(self.path / "statements.ndjson", self.statements)
        return examine_dataset(self.path, settings or AgencySettings())

    def told(self, check: str) -> list[tuple[str, str]]:
        """What is not in order."""
        return [
            (finding.status.value, finding.message)
            for finding in self.findings()
            if finding.check == check and finding.status is not Status.OK
        ]
