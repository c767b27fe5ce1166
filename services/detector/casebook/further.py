"""Cases into the rows of the optional registers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import polars as pl

from services.core.contract import ABSENCE, CASE_PARTY, SELF_REPORT, STATEMENT, Record
from services.detector.casebook.cases import Story
from services.detector.casebook.parts import Absence, Party, Statement
from services.detector.casebook.population import Population
from services.detector.further import Further

Told = Sequence[tuple[str, Story]]
"""Each case with the mark that its ids begin with."""
Row = dict[str, object]


def frame(record: Record, rows: Iterable[Mapping[str, object]]) -> pl.DataFrame:
    """Rows as a frame of the record's schema; what a row does not name is null."""
    full = [tuple(row.get(name) for name in record.schema) for row in rows]
    return pl.DataFrame(full, schema=dict(record.schema), orient="row")


def further(told: Told, population: Population) -> Further:
    """The optional registers of these cases together; statements are absent unless a case tells of them."""
    signed = None if all(case.statements is None for _, case in told) else frame(STATEMENT, _statements(told))
    return Further(
        case_parties=frame(CASE_PARTY, _parties(told, population)),
        self_reports=frame(SELF_REPORT, _reports(told, population)),
        statements=signed,
        absences=frame(ABSENCE, _absences(told)),
    )


def _parties(told: Told, population: Population) -> Iterator[Row]:
    for mark, case in told:
        for party in case.parties:
            bsn = population.bsn(mark + party.file)
            yield {"case_id": mark + party.case, "bsn": bsn, "kind": party.kind, **_period(party)}


def _reports(told: Told, population: Population) -> Iterator[Row]:
    for mark, case in told:
        for place, report in enumerate(case.reports, 1):
            yield {
                "report_id": f"{mark}report-{place}",
                "employee_id": mark + report.by,
                "bsn": population.bsn(mark + report.file),
                "occurred_at": report.at,
                "registered_at": report.registered,
            }


def _statements(told: Told) -> Iterator[Row]:
    for mark, case in told:
        for statement in case.statements or ():
            yield {"employee_id": mark + statement.by, "system": statement.system, **_period(statement)}


def _absences(told: Told) -> Iterator[Row]:
    for mark, case in told:
        for absence in case.absences:
            yield {"employee_id": mark + absence.of, "kind": absence.kind, **_period(absence)}


def _period(part: Party | Statement | Absence) -> Row:
    return {"valid_from": part.start, "valid_to": part.until, "registered_at": part.registered}
