"""Cases into frames of lookups and registers; every case has people, teams and citizens of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import polars as pl

from services.core.calendar import AgencyCalendar
from services.core.contract import CASE_LINK, EMPLOYEE, LOOKUP, RELATION
from services.core.identity import employee_pseudonym, subject_pseudonym
from services.core.keyring import PURPOSES, KeyRing
from services.core.reading import SYSTEM
from services.detector.casebook.cases import Story
from services.detector.casebook.further import frame, further
from services.detector.casebook.moments import ZONE
from services.detector.casebook.parts import Link, Look
from services.detector.casebook.population import IN_A_ROW, Population
from services.detector.casebook.sense import employees_of
from services.detector.further import Further

CALENDAR = AgencyCalendar()
RING = KeyRing(1, {purpose: hashlib.sha256(purpose.encode()).digest() for purpose in PURPOSES})
"""Keys for people who do not exist; fixed, so that a case gives the same ids every time."""
AS_WRITTEN = {
    "system", "action", "searched_by", "reason", "record_count", "street", "workstation", "location"
}  # fmt: skip
"""Keys of a look that are columns of the record."""


@dataclass(frozen=True)
class Records:
    """What an agency's systems and registers hold (LOOKUP, CASE_LINK, EMPLOYEE and RELATION schemas)."""

    lookups: pl.DataFrame
    case_links: pl.DataFrame
    employees: pl.DataFrame
    relations: pl.DataFrame
    further: Further


def records(cases: Sequence[Story]) -> Records:
    """The records of these cases together; ids begin with the case's place in the sequence and a slash."""
    population = Population()
    told = [(f"{place}/", case) for place, case in enumerate(cases)]
    return Records(
        lookups=frame(LOOKUP, (row for mark, case in told for row in _looks(case, mark, population))),
        case_links=frame(CASE_LINK, (row for mark, case in told for row in _links(case, mark, population))),
        employees=frame(EMPLOYEE, (row for mark, case in told for row in _employees(case, mark, population))),
        relations=frame(RELATION, (row for mark, case in told for row in _relations(case, mark, population))),
        further=further(told, population),
    )


def case_of(record_id: pl.Expr) -> pl.Expr:
    """Place of the case that a record belongs to."""
    return record_id.str.split("/").list.first().cast(pl.Int64)


def _looks(case: Story, mark: str, population: Population) -> Iterator[dict[str, object]]:
    numbers = count(1)
    for look in case.looks:
        for at in _times(look):
            for place, person in enumerate(_persons(look)):
                yield {
                    "lookup_id": f"{mark}look-{next(numbers)}",
                    "occurred_at": at + place * timedelta(seconds=look.seconds_apart),
                    **_named(look, mark, person, population),
                    "case_id": None if look.case is None else mark + look.case,
                    "data_categories": None if look.categories is None else list(look.categories),
                    **look.model_dump(include=AS_WRITTEN),
                }


def _named(look: Look, mark: str, person: str | None, population: Population) -> dict[str, object]:
    """Who looked at whom: reads of signals tell both by pseudonym."""
    bsn = None if person is None else population.bsn(mark + person)
    if look.system != SYSTEM:
        return {"employee_id": mark + look.by, "bsn": bsn}
    subject = None if bsn is None else subject_pseudonym(RING, bsn)
    if look.of_account:
        subject = employee_pseudonym(RING, f"{mark}{person}")
    return {"employee_id": employee_pseudonym(RING, mark + look.by), "subject_pseudonym": subject}


def _times(look: Look) -> Iterator[datetime]:
    for at in look.at:
        local = at.astimezone(ZONE)
        for _ in range(look.workdays):
            yield local
            day = CALENDAR.next_working_day(local.date())
            local = local.replace(year=day.year, month=day.month, day=day.day)


def _persons(part: Look | Link) -> list[str | None]:
    mark = IN_A_ROW if part.in_a_row else "-"
    return [f"{part.file}{mark}{number}" for number in range(1, part.persons + 1)] if part.persons else [part.file]


def _links(case: Story, mark: str, population: Population) -> Iterator[dict[str, object]]:
    for place, link in enumerate(case.links, 1):
        to_team = link.to not in employees_of(case)
        for person in _persons(link):
            link_id = f"{mark}{link.id or f'link-{place}'}-{person}"
            yield {
                "link_id": link_id,
                "case_id": f"case-of-{link_id}" if link.case is None else mark + link.case,
                "bsn": population.bsn(f"{mark}{person}"),
                "assignee_kind": "team" if to_team else "employee",
                "assignee_id": mark + link.to,
                "kind": link.kind,
                "valid_from": link.start,
                "valid_to": link.until,
                "registered_at": link.registered or link.start,
                "registered_by": link.by if link.by.startswith("system:") else mark + link.by,
            }


def _employees(case: Story, mark: str, population: Population) -> Iterator[dict[str, object]]:
    for name, periods in employees_of(case).items():
        for period in periods:
            yield {
                "employee_id": mark + name,
                "bsn": population.bsn(mark + name),
                "team_id": mark + period.team,
                "valid_from": period.start,
                "valid_to": period.until,
                "registered_at": period.registered,
                **period.model_dump(include={"role", "department", "eigen_personeel", "street"}),
            }


def _relations(case: Story, mark: str, population: Population) -> Iterator[dict[str, object]]:
    for relation in case.relations:
        yield {
            "employee_id": mark + relation.of,
            "bsn": population.bsn(mark + relation.to),
            "kind": relation.kind,
            "source": relation.source,
            "valid_from": relation.start,
            "valid_to": relation.until,
            "registered_at": relation.registered,
        }
