"""A told signal and the raw rows behind its evidence into every number that its story may tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from services.core.contract import DATA_CATEGORIES
from tests.story.cases import Cases
from tests.story.claims import Claims
from tests.story.habits import Emergencies, came_back, months, watched_long
from tests.story.people import NEAREST, People
from tests.story.raw import AMSTERDAM, Files, Look, Row, off_hours
from tests.story.reading import of_readers
from tests.story.sequences import by_day, pace, places

A_MOMENT = timedelta(minutes=30)
A_WEEK = timedelta(days=7)
TAKEN_OUT = ("print", "export")
ORDINARY = ("own-street", "no-case-link")
SPECIAL = ("own-file", "relative", "staff-file")
STATEMENTS = "no-confidentiality-statement"
Columns = dict[str, object]


@dataclass
class Counter:
    """Counts signals of one run over one dataset."""

    files: Files
    signals: Sequence[Row]
    cases: Cases = field(init=False)
    people: People = field(init=False)
    claims: Claims = field(init=False)
    emergencies: Emergencies = field(init=False)
    days: Mapping[tuple[str, date], list[Look]] = field(init=False)
    viewers: Mapping[object, set[tuple[str, date]]] = field(init=False)

    def __post_init__(self) -> None:
        self.cases, self.people = Cases(self.files), People(self.files)
        self.claims = Claims(self.files)
        ordinary = [signal for signal in self.signals if signal["family"] in ORDINARY and signal["status"] == "open"]
        self.emergencies = Emergencies(look for signal in ordinary for look in self.looks(signal))
        self.days = by_day(self.files)
        self.viewers = self._viewers()

    def looks(self, signal: Row) -> list[Look]:
        """The raw rows of the evidence, in order of time."""
        ids = signal["lookup_ids"]
        assert isinstance(ids, list)
        return sorted((self.files.looks[str(one)] for one in ids), key=lambda look: (look.at, look.id))

    def columns(self, signal: Row) -> Columns:
        """By name of column, as the rules know them."""
        looks = self.looks(signal)
        days = {look.day for look in looks}
        persons = {look.bsn for look in looks} - {None}
        registered = [at for look in looks if (at := self.cases.self_made_at(look)) is not None]
        return {
            "lookups": len(looks),
            "moments": moments(looks),
            "days": len(days),
            "systems": len({look.system for look in looks}),
            "subjects": len(persons),
            "employees": len({look.who for look in looks}),
            "person_days": len({(look.bsn, look.day) for look in looks} - {(None, day) for day in days}),
            "records": sum(look.records or 0 for look in looks),
            "lists": sum(look.bsn is None for look in looks),
            "shared": sum(look.action in TAKEN_OUT for look in looks),
            "by_name": sum(look.searched_by == "name" for look in looks),
            "by_address": sum(look.searched_by == "address" for look in looks),
            "by_worklist": sum(look.searched_by == "worklist" for look in looks),
            "edits": sum(look.action == "edit" for look in looks),
            "by_handler": sum(map(self.people.was_authorised, looks)) if signal["family"] == "staff-file" else 0,
            "stood_out": sum(
                other["family"] == "volume-own" and other["window_start"] == signal["window_start"]
                for other in self.signals
            ),
            "continued": sum(other["parent_id"] == signal["signal_id"] for other in self.signals),
            "off_hours": sum(map(off_hours, looks)),
            "break_glass": sum(look.forced for look in looks),
            "categories": [name for name in DATA_CATEGORIES if any(name in look.categories for look in looks)],
            "first_at": looks[0].at,
            "last_at": max(look.at for look in looks),
            "first_day": min(days),
            "last_day": max(days),
            "registered_day": min(registered).astimezone(AMSTERDAM).date() if registered else None,
            **self._work(signal, looks),
            **self._standing(looks),
            "other_viewers": self._others(signal, looks),
            **self._habits(signal, looks),
            **(pace(looks) if signal["family"] == "enumeration" else {}),
            **of_readers(looks, self.people),
            **(places(looks, self.days) if signal["family"] == "shared-account" else {}),
        }

    def _habits(self, signal: Row, looks: Sequence[Look]) -> Columns:
        pair = signal["family"] == "no-case-link"
        false_claims = [look for look in looks if self.claims.claims_falsely(look)]
        at_work = sum(map(self.cases.was_at_work, false_claims))
        return {
            "months": len(months(looks)),
            "watched_long": watched_long(looks),
            "recurrent": came_back(looks),
            "false_claims": len(false_claims) - at_work,
            "claims_at_work": at_work,
            "dormant": sum(map(self.claims.dormant, looks)),
            "on_leave": sum(map(self.claims.away, looks)),
            "self_reported": sum(map(self.claims.reported, looks)),
            "without_reason": sum(look.forced and not look.words for look in looks),
            "copied_reasons": self.emergencies.copied(looks, standing=signal["status"] == "open") if pair else 0,
            "emergency_persons": self.emergencies.persons(looks) if pair else 0,
            "unsigned": sum(map(self.claims.unsigned, looks)) if signal["family"] == STATEMENTS else 0,
        }

    def _work(self, signal: Row, looks: Sequence[Look]) -> Columns:
        conflicts = [look for look in looks if signal["family"] in SPECIAL and self._in_conflict(signal, look)]
        return {
            "conflicts": len(conflicts),
            "unlinked": len(looks) - len(conflicts),
            "without_case": sum(look.bsn is not None and self.cases.nobodys(look) for look in looks),
            "colleague_case": sum(self.cases.colleagues(look) for look in looks),
            "cleared_day": self._cleared_day(looks),
        }

    def _in_conflict(self, signal: Row, look: Look) -> bool:
        handler = signal["family"] == "staff-file" and self.people.handles_staff(look)
        return not handler and self.cases.linked_at(look) is not None

    def _cleared_day(self, looks: Iterable[Look]) -> date | None:
        """When the last of what explains or moves the lookups was recorded; null where other lookups explain one."""
        ends = [self.cases.linked_at(look) or self.cases.self_made_at(look) for look in looks]
        known = [end for end in ends if end is not None]
        return max(known).astimezone(AMSTERDAM).date() if known and len(known) == len(ends) else None

    def _standing(self, looks: Sequence[Look]) -> Columns:
        kinds = [self.people.staff_kind(look) for look in looks]
        relations = {relation for look in looks if (relation := self.people.relation(look))}
        return {
            "relation": min(relations, key=NEAREST.index, default=None),
            "staff": kinds.count("staff"),
            "ex_staff": kinds.count("ex-staff"),
            "staff_family": kinds.count("family"),
            "same_team": any(self.people.same_team(look) for look in looks),
            "in_street": sum(self.people.in_street(look) for look in looks),
        }

    def _viewers(self) -> Mapping[object, set[tuple[str, date]]]:
        """By person: who looked without explanation, on which day, as open signals of ordinary files tell."""
        told: dict[object, set[tuple[str, date]]] = defaultdict(set)
        for signal in self.signals:
            if signal["family"] in ORDINARY and signal["status"] == "open":
                for look in self.looks(signal):
                    told[look.bsn].add((look.who, look.day))
        return told

    def _others(self, signal: Row, looks: Sequence[Look]) -> int:
        if signal["subject"] is None or signal["employee_id"] is None:
            return 0
        who, everybody = looks[0].who, self.viewers.get(looks[0].bsn, set())
        own = [day for viewer, day in everybody if viewer == who]
        return len({viewer for viewer, day in everybody if viewer != who and _near(day, own)})


def moments(looks: Iterable[Look]) -> int:
    """Looks of one viewer at one person more than 30 minutes after the one before."""
    times: dict[tuple[str, str | None], list[datetime]] = defaultdict(list)
    for look in looks:
        times[look.who, look.bsn].append(look.at)
    return sum(1 + sum(later - earlier > A_MOMENT for earlier, later in pairwise(sorted(of))) for of in times.values())


def _near(day: date, days: Iterable[date]) -> bool:
    return any(abs(day - other) <= A_WEEK for other in days)
