"""The files of a dataset into plain Python rows, and the agency's days: nothing here is the detector's."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import polars as pl

Row = Mapping[str, object]
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DUTCH_HOLIDAYS = holidays.country_holidays("NL")
TIMES = ("occurred_at", "valid_from", "valid_to", "registered_at")


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
    forced: bool

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

    def employee_at(self, who: str, at: datetime) -> Period | None:
        """The period in force: the one that began last."""
        return max((row for row in self.employees[who] if row.covers(at)), key=lambda row: row.start, default=None)


def read(dataset: Path) -> Files:
    """All of a dataset; a lookup that came twice is there once."""
    files = Files()
    for path in sorted((dataset / "lookups").iterdir()):
        for row in _rows(path):
            files.looks[str(row["lookup_id"])] = _look(row)
    for name, table, key in (
        ("case-links", files.links, "bsn"),
        ("employees", files.employees, "employee_id"),
        ("employees", files.people, "bsn"),
        ("relations", files.relations, "bsn"),
    ):
        for path in dataset.glob(f"{name}.*"):
            for row in _rows(path):
                table[row[key]].append(_period(row))
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
    """Outside 06:00-19:00 on the agency's clock, or at the weekend."""
    local = look.at.astimezone(AMSTERDAM)
    return local.weekday() > 4 or not 6 <= local.hour < 19


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
        bsn=_text(row["bsn"]),
        system=str(row["system"]),
        action=str(row["action"]),
        searched_by=_text(row["searched_by"]),
        categories=tuple(categories) if isinstance(categories, list) else (),
        records=records if isinstance(records, int) else None,
        street=_text(row["street"]),
        forced=row["reason"] == "break-glass",
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
