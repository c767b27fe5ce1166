"""The files of a dataset into plain Python rows, and the agency's days: nothing here is the detector's."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import polars as pl

from services.core.identity import employee_pseudonym, subject_pseudonym
from tests.world import RING

Row = Mapping[str, object]
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DUTCH_HOLIDAYS = holidays.country_holidays("NL")
READS = "doelbinding"
TIMES = ("occurred_at", "valid_from", "valid_to", "registered_at")
FORCED = re.compile(r"\s*break-glass(?:[\s:]|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Look:
    """One log line."""

    id: str
    at: datetime
    who: str
    bsn: str | None
    system: str
    action: str
    searched_by: str | None
    categories: tuple[str, ...]
    records: int | None
    street: str | None
    reason: str | None
    case: str | None
    device: str | None
    place: str | None

    @property
    def forced(self) -> bool:
        """By the emergency procedure."""
        return self.reason is not None and FORCED.match(self.reason) is not None

    @property
    def words(self) -> str:
        """What the employee wrote beside the emergency procedure, whatever its case and punctuation."""
        written = FORCED.sub("", self.reason or "", count=1).lower()
        return " ".join(re.findall(r"[^\W_]+", written))

    @property
    def day(self) -> date:
        """The local date."""
        return self.at.astimezone(AMSTERDAM).date()


@dataclass(frozen=True)
class Period:
    """A row of a register: what it says, from when until when, known since when."""

    columns: Row
    start: datetime
    end: datetime | None
    known: datetime

    def covers(self, at: datetime) -> bool:
        """In force at a moment."""
        return self.start <= at and (self.end is None or at < self.end)

    def __getitem__(self, name: str) -> object:
        return self.columns[name]


@dataclass
class Files:
    """A dataset, each kind of row by the key that one looks it up with."""

    looks: dict[str, Look] = field(default_factory=dict)
    links: dict[object, list[Period]] = field(default_factory=lambda: defaultdict(list))
    employees: dict[object, list[Period]] = field(default_factory=lambda: defaultdict(list))
    people: dict[object, list[Period]] = field(default_factory=lambda: defaultdict(list))
    """Employees by their own BSN."""
    relations: dict[object, list[Period]] = field(default_factory=lambda: defaultdict(list))
    """By the relative's BSN."""
    parties: dict[object, list[Period]] = field(default_factory=lambda: defaultdict(list))
    """Parties of cases by their BSN."""
    reports: dict[object, list[Row]] = field(default_factory=lambda: defaultdict(list))
    """Reports of wrong files by the BSN of the file."""
    statements: dict[object, list[Period]] = field(default_factory=lambda: defaultdict(list))
    absences: dict[object, list[Period]] = field(default_factory=lambda: defaultdict(list))

    def employee_at(self, who: str, at: datetime) -> Period | None:
        """The period in force: the one that began last."""
        return max((row for row in self.employees[who] if row.covers(at)), key=lambda row: row.start, default=None)


def read(dataset: Path) -> Files:
    """All of a dataset; a lookup that came twice is there once, one without an actor is not."""
    files = Files()
    for path in sorted((dataset / "lookups").iterdir()):
        for row in _rows(path):
            if row["employee_id"] is not None:
                files.looks[str(row["lookup_id"])] = _look(row)
    for name, table, key in (
        ("case-links", files.links, "bsn"),
        ("employees", files.employees, "employee_id"),
        ("employees", files.people, "bsn"),
        ("relations", files.relations, "bsn"),
        ("case-parties", files.parties, "bsn"),
        ("statements", files.statements, "employee_id"),
        ("absences", files.absences, "employee_id"),
    ):
        for path in dataset.glob(f"{name}.*"):
            for row in _rows(path):
                table[row[key]].append(_period(row))
    for path in dataset.glob("self-reports.*"):
        for row in _rows(path):
            files.reports[row["bsn"]].append(row)
    return _with_readers(files)


def _with_readers(files: Files) -> Files:
    """Reads of signals name people by pseudonym: those of the registers are told by name."""
    names = {
        employee_pseudonym(RING, str(who)): (str(who), _text(rows[0]["bsn"])) for who, rows in files.employees.items()
    }
    persons = {str(bsn) for bsn in (*files.people, *files.relations) if bsn is not None}
    names |= {subject_pseudonym(RING, bsn): ("", bsn) for bsn in persons}
    for look in files.looks.values():
        if look.system == READS:
            who, whom = names.get(look.who, (look.who, None))[0], names.get(look.bsn or "", ("", look.bsn))[1]
            files.looks[look.id] = replace(look, who=who, bsn=whom)
    return files


def midnight_after(day: date) -> datetime:
    """The end of a local day."""
    return datetime.combine(day + timedelta(days=1), time(), AMSTERDAM).astimezone(UTC)


def grace_end(day: date) -> datetime:
    """The end of the next working day."""
    following = day + timedelta(days=1)
    while following.weekday() > 4 or following in DUTCH_HOLIDAYS:
        following += timedelta(days=1)
    return midnight_after(following)


def off_hours(look: Look) -> bool:
    """Outside 06:00-19:00 on the agency's clock, at the weekend or on a public holiday."""
    local = look.at.astimezone(AMSTERDAM)
    return local.weekday() > 4 or local.date() in DUTCH_HOLIDAYS or not 6 <= local.hour < 19


def _rows(path: Path) -> Iterator[Row]:
    if path.suffix == ".parquet":
        yield from pl.read_parquet(path).iter_rows(named=True)
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield {name: _moment(value) if name in TIMES else value for name, value in row.items()}


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _look(row: Row) -> Look:
    categories, records = row["data_categories"], row["record_count"]
    assert isinstance(row["occurred_at"], datetime)
    return Look(
        id=str(row["lookup_id"]),
        at=row["occurred_at"],
        who=str(row["employee_id"]),
        bsn=_text(row["bsn"]) or _text(row.get("subject_pseudonym")),
        system=str(row["system"]),
        action=str(row["action"]),
        searched_by=_text(row["searched_by"]),
        categories=tuple(categories) if isinstance(categories, list) else (),
        records=records if isinstance(records, int) else None,
        street=_text(row["street"]),
        reason=_text(row["reason"]),
        case=_text(row["case_id"]),
        device=_text(row["workstation"]),
        place=_text(row["location"]),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _period(row: Row) -> Period:
    start, end, known = row["valid_from"], row["valid_to"], row.get("registered_at")
    assert isinstance(start, datetime)
    return Period(
        columns=row,
        start=start,
        end=end if isinstance(end, datetime) else None,
        known=known if isinstance(known, datetime) else start,
    )
