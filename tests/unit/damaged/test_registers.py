"""Registers that are damaged: what cannot be read stops the run, what contradicts itself is told and settled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import polars as pl
import pytest

from services.core.contract import CASE_LINK, EMPLOYEE, RELATION
from tests.datasets import lines
from tests.unit.damaged.agency import CITIZEN, PARTNER, WARNING, Agency
from tests.world import LONG_AGO, frame, local

pytestmark = pytest.mark.slow

ENDINGS = ".parquet, .ndjson, .ndjson.gz, .ndjson.zst"
BSN_FAILS = "field bsn: is not a BSN; write nine digits that pass the 11-proef, as text, leading zeros included"
MONDAY, TUESDAY, WEDNESDAY = (local(f"2025-03-0{day} 00:00") for day in (3, 4, 5))


@pytest.mark.parametrize("register", ["case-links", "employees", "relations"])
def test_a_register_that_is_missing_is_told(agency: Agency, register: str) -> None:
    (agency.dataset / f"{register}.ndjson").unlink()
    found = agency.rescored()
    told = f"{agency.dataset}: {register} is missing; expected a file {register} with {ENDINGS}"
    assert (found.code, found.told) == (2, [f"doelbinding: {told}"])


def test_wrong_columns_of_all_registers_are_told_at_once(agency: Agency) -> None:
    for register, record in (("case-links", CASE_LINK), ("employees", EMPLOYEE), ("relations", RELATION)):
        (agency.dataset / f"{register}.ndjson").unlink()
        wrong = frame(record, []).with_columns(pl.lit(1).alias("bsn")).drop("valid_from")
        wrong.write_parquet(agency.dataset / f"{register}.parquet")
    found = agency.rescored()
    assert (found.code, found.told) == (
        2,
        [
            f"doelbinding: {register}.parquet: column {told}"
            for register in ("case-links", "employees", "relations")
            for told in (
                "bsn: found Int32, expected text",
                "valid_from: is missing; expected timestamp[us, UTC]",
            )
        ],
    )
    assert not found.out.exists()


def test_a_register_that_cannot_be_read_stops_the_run_since_its_lack_would_accuse(agency: Agency) -> None:
    (agency.dataset / "case-links.ndjson").unlink()
    (agency.dataset / "case-links.ndjson").symlink_to("/proc/self/mem")
    found = agency.rescored()
    told = "case-links.ndjson: cannot be read: Input/output error; deliver it again"
    assert (found.code, found.told) == (2, [f"doelbinding: {told}"])
    assert not found.out.exists()


@pytest.mark.parametrize("register", ["case-links", "employees", "relations"])
def test_a_damaged_row_of_a_register_is_told_and_the_others_count(agency: Agency, register: str) -> None:
    file = agency.dataset / f"{register}.ndjson"
    whole = file.read_bytes()
    first = whole.splitlines(keepends=True)[0]
    wrong = first.replace(b'"bsn":"96', b'"bsn":"95')
    assert wrong != first
    file.write_bytes(whole + wrong)
    found = agency.rescored()
    place = f"{register}.ndjson: byte {len(whole)}"
    assert (found.code, found.told) == (0, [f"{WARNING}{place}: {BSN_FAILS}"])
    assert found.letters == [(place, ["bsn-fails-11-proef"], [BSN_FAILS])]
    assert found.scored == agency.scored_of(agency.world.lookups)


def move(agency: Agency, team: str, start: datetime, end: datetime | None = None) -> None:
    """A second period of the employee who looks at the citizen of team T1 on Monday and Wednesday."""
    agency.world.employee(1, team=team, valid_from=start, valid_to=end)


def in_both_orders(agency: Agency, register: str, rows: list[dict[str, object]]) -> tuple[list[str], object]:
    """What is told of a register and what is scored with it; its rows turned round score the same."""
    record = {"employees": EMPLOYEE, "relations": RELATION, "case-links": CASE_LINK}[register]
    file = agency.dataset / f"{register}.ndjson"
    file.write_bytes(lines(record, reversed(rows)))
    turned = agency.rescored()
    file.write_bytes(lines(record, rows))
    found = agency.rescored()
    assert (found.code, turned.code) == (0, 0)
    assert found.scored == turned.scored
    assert len(found.told) == len(turned.told)
    return found.told, found.scored


def settled(agency: Agency, change: Callable[[], None]) -> object:
    """What is scored with registers that say the same without contradiction."""
    for rows in (agency.world.employees, agency.world.relations, agency.world.links):
        rows.clear()
    change()
    return agency.scored_of(agency.world.lookups)


def test_of_periods_that_overlap_the_one_that_began_last_counts_and_the_rows_are_told(agency: Agency) -> None:
    move(agency, "T2", TUESDAY, WEDNESDAY)
    found = in_both_orders(agency, "employees", agency.world.employees)
    links, relations = list(agency.world.links), list(agency.world.relations)

    def one_team_at_a_time() -> None:
        agency.world.links.extend(links)
        agency.world.relations.extend(relations)
        agency.world.employee(2)
        agency.world.employee(3)
        agency.world.employee(1, valid_to=TUESDAY)
        agency.world.employee(1, team="T2", valid_from=TUESDAY, valid_to=WEDNESDAY)
        agency.world.employee(1, valid_from=WEDNESDAY, registered_at=LONG_AGO)

    assert found == (
        [
            (
                f"{WARNING}employees.ndjson: 2 rows of 1 employee overlap in time; while they do, the one that began "
                "last counts for team, role and own file (rows 1 and 4); end each period where the next begins"
            )
        ],
        settled(agency, one_team_at_a_time),
    )


def test_many_overlaps_are_told_in_one_sentence(agency: Agency) -> None:
    agency.world.employees += [row | {"team_id": team} for team in ("T2", "T3") for row in agency.world.employees[:3]]
    told, _ = in_both_orders(agency, "employees", agency.world.employees)
    assert told == [
        (
            f"{WARNING}employees.ndjson: 9 rows of 3 employees overlap in time; while they do, the one that began "
            "last counts for team, role and own file (rows 1, 2, 3, 4, 5 and 4 more); end each period where the next "
            "begins"
        )
    ]


def test_a_lookup_of_an_employee_in_two_teams_at_once_is_one_lookup(agency: Agency) -> None:
    move(agency, "T2", LONG_AGO)
    agency.world.links.append(agency.world.links[0] | {"link_id": "other", "assignee_id": "T2"})
    (agency.dataset / "case-links.ndjson").write_bytes(lines(CASE_LINK, agency.world.links))
    _, (_, explained) = in_both_orders(agency, "employees", agency.world.employees)
    assert [row["lookup_id"] for row in explained] == sorted(str(row["lookup_id"]) for row in agency.world.lookups)


def test_relations_that_overlap_are_told_and_count_as_one(agency: Agency) -> None:
    expected = agency.scored_of(agency.world.lookups)
    agency.world.relation("e3", PARTNER, "partner", valid_from=MONDAY, valid_to=TUESDAY)
    assert in_both_orders(agency, "relations", agency.world.relations) == (
        [
            (
                f"{WARNING}relations.ndjson: 2 rows of 1 relation of an employee overlap in time; while they do, the "
                "one that began last counts (rows 1 and 2); end each period where the next begins, or leave one out"
            )
        ],
        expected,
    )


def test_links_with_one_id_and_registration_but_other_content_are_told(agency: Agency) -> None:
    agency.world.link(CITIZEN + 1, "e1", MONDAY, link_id="link0", registered_at=agency.world.links[0]["registered_at"])
    told, _ = in_both_orders(agency, "case-links", agency.world.links)
    assert told == [
        (
            f"{WARNING}case-links.ndjson: 2 rows of 1 case link have the same link_id and registered_at but differ; "
            "one of them counts, whatever their order (rows 1 and 2); give each link an id and each correction a "
            "registered_at of its own"
        )
    ]


def test_rows_that_repeat_each_other_exactly_are_fine(agency: Agency) -> None:
    for name, record in (("employees", EMPLOYEE), ("relations", RELATION), ("case-links", CASE_LINK)):
        rows = {"employees": agency.world.employees, "relations": agency.world.relations}.get(name, agency.world.links)
        (agency.dataset / f"{name}.ndjson").write_bytes(2 * lines(record, rows))
    found = agency.rescored()
    assert (found.code, found.told) == (0, [])
    assert found.scored == agency.scored_of(agency.world.lookups)
