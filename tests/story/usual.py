"""The raw rows of everybody's days into what a volume was compared with, by the formulas of docs/adr/0010."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from tests.story.counted import ORDINARY, TAKEN_OUT, Columns, Counter
from tests.story.raw import AMSTERDAM, Look, Row, grace_end, midnight_after

WINDOW, WEEK = timedelta(days=56), timedelta(days=7)
EXPORT_WINDOW, SPAN, SIMILAR = timedelta(days=182), timedelta(days=28), timedelta(days=35)
OWN_PRIOR, PEER_PRIOR, LEAST_PEERS, LEAST_NORM_DAYS = 5, 20, 5, 100
LEAST_RECORDS, LEAST_RECORDS_WITHOUT_NORM, SIMILAR_OTHERS = 100, 1000, 2

TODAY = timedelta(days=1)
EXPORTED = {"records": "exported", "persons": "exported_persons"}


@dataclass(frozen=True)
class Day:
    """One employee's day at work."""

    who: str
    day: date
    role: object
    department: object
    persons: int
    searched: int
    unexplained: int
    exported: int
    exported_persons: int

    @property
    def explained(self) -> int:
        """Persons whose files were opened as work."""
        return self.persons - self.unexplained


class Usual:
    """What was to be expected of a day, two weeks or an export."""

    def __init__(self, counter: Counter, explanations: Mapping[str, str | None]) -> None:
        self._counter = counter
        self._explanations = explanations
        unexplained = dict(self._unexplained())
        self._open = list(unexplained)
        self.strangers = [look for look, family in unexplained.items() if family != "own-street"]
        """Unexplained lookups of ordinary files at the end of grace, but for those in the own street."""
        self._withdrawn = self._withdrawn_at()
        self.days = {(day.who, day.day): day for day in self._worked()}
        told = [signal for signal in counter.signals if signal["family"] == "volume-own"]
        self._own = {(counter.looks(signal)[0].who, _window(signal)) for signal in told}

    def columns(self, signal: Row) -> Columns:
        """expected (thousandths), history_days, peers, compared_with, norm and surplus of a volume signal."""
        who = self._counter.looks(signal)[0].who
        by_family = {"volume-own": self._of_own, "volume-peers": self._of_peers, "bulk-export": self._of_exports}
        return by_family[str(signal["family"])](who, _window(signal))

    def comparison(self, signal: Row) -> list[tuple[date, int, float, float]]:
        """Day, own count, expectation and the others' mean, as a volume signal must tell them."""
        who, window = self._counter.looks(signal)[0].who, _window(signal)
        exports, norm = signal["family"] == "bulk-export", 0.0
        columns: Columns = {}
        last = window + timedelta(days=6) if signal["family"] == "volume-peers" else window
        place = ("role", "department")
        if exports:
            columns = self._of_exports(who, window)
            norm, place = float(str(columns["norm"])), ("role",) if columns["compared_with"] == "role" else ()
        count = EXPORTED[str(columns["counted"])] if exports else "unexplained"
        mine = [day for (viewer, at), day in sorted(self.days.items()) if viewer == who and last - SPAN < at <= last]
        return [
            (
                day.day,
                getattr(day, count),
                round(norm if exports else self._expected(day), 3),
                round(self.others_mean(day, count, place), 3),
            )
            for day in mine
        ]

    def _of_own(self, who: str, day: date) -> Columns:
        today = self.days[who, day]
        expected = _thousandths(self._expected(today))
        return {"expected": expected, "history_days": len(self._before(day, WINDOW, who)), "peers": 0}

    def _expected(self, today: Day) -> float:
        own, agency = self._before(today.day, WINDOW, today.who), self._before(today.day, WINDOW)
        overall = _sum(agency, "unexplained") / max(len(agency), 1)
        mean = (_sum(own, "unexplained") + OWN_PRIOR * overall) / (len(own) + OWN_PRIOR)
        usual = _sum(own, "explained") / max(len(own), 1)
        return max(mean * max(today.explained / max(usual, 1.0), 1.0), 0.05)

    def _of_peers(self, who: str, monday: date) -> Columns:
        start = monday - WEEK
        past = [day for day in self._before(start, WINDOW) if (day.who, day.day) not in self._own]
        fortnight = [self.days[key] for key in sorted(self.days) if key[0] == who and start <= key[1] < monday + WEEK]
        mine = [day for day in fortnight if (day.who, day.day) not in self._own]
        place = (mine[-1].role, mine[-1].department)
        others = [day for day in past if (day.role, day.department) == place and day.who != who]
        few = len({day.who for day in others}) < LEAST_PEERS
        per_day = {name: _shrunk(others, past, name, few=few) for name in ("unexplained", "explained")}
        busier = max(_sum(mine, "explained") / len(mine) / max(per_day["explained"], 1.0), 1.0)
        return {
            "expected": _thousandths(max(per_day["unexplained"] * len(mine) * busier, 0.05)),
            "history_days": len(mine),
            "peers": len({day.who for day in (past if few else others)}),
            "compared_with": "agency" if few else "role-and-department",
        }

    def _of_exports(self, who: str, day: date) -> Columns:
        """By records where these stand out, by persons otherwise."""
        columns, today = self._of_role(who, day, "exported"), self.days[who, day]
        has_norm = columns["compared_with"] == "role" or (today.role is None and not columns["few"])
        fewest = LEAST_RECORDS if has_norm else LEAST_RECORDS_WITHOUT_NORM
        others: dict[str, int] = defaultdict(int)
        for other in (*self._before(day, SIMILAR - timedelta(days=1)), *self._before(day + timedelta(days=1), TODAY)):
            if other.who != who and other.role == today.role is not None:
                others[other.who] = max(others[other.who], other.exported)
        similar = (*sorted(others.values(), reverse=True), *[0] * SIMILAR_OTHERS)[SIMILAR_OTHERS - 1]
        if today.exported >= max(fewest, 2 * int(str(columns["norm"])) + 1, 2 * similar + 1):
            return columns | {"counted": "records"}
        return self._of_role(who, day, "exported_persons") | {"counted": "persons"}

    def _of_role(self, who: str, day: date, count: str) -> Columns:
        everybody = self._before(day, EXPORT_WINDOW)
        of_role = [other for other in everybody if other.role == self.days[who, day].role and other.role is not None]
        few = len(of_role) < LEAST_NORM_DAYS
        compared = everybody if few else of_role
        amounts = sorted(int(getattr(other, count)) for other in compared)
        norm = amounts[(99 * len(amounts) + 99) // 100 - 1] if amounts else 0
        return {
            "norm": norm,
            "norm_persons": norm,
            "few": few,
            "expected": 1000 * norm,
            "history_days": len(compared),
            "peers": len({other.who for other in compared}),
            "compared_with": "agency" if few else "role",
        }

    def _before(self, day: date, window: timedelta, who: str | None = None) -> list[Day]:
        """Days at work in the window that ends the day before."""
        days = self.days.values()
        return [each for each in days if day - window <= each.day < day and who in (None, each.who)]

    def others_mean(
        self, mine: Day, count: str = "unexplained", place: Sequence[str] = ("role", "department")
    ) -> float:
        """The mean of a count over the others at work that day, of the same place if there are any."""
        there = [day for day in self.days.values() if day.day == mine.day and day.who != mine.who]
        near = [day for day in there if all(getattr(day, name) == getattr(mine, name) for name in place)]
        return next((_sum(of, count) / len(of) for of in (near, there) if of), 0.0)

    def _worked(self) -> Iterator[Day]:
        persons: dict[tuple[str, date], set[str | None]] = defaultdict(set)
        searched: dict[tuple[str, date], set[str | None]] = defaultdict(set)
        exports: dict[tuple[str, date], int] = defaultdict(int)
        taken: dict[tuple[str, date], set[str | None]] = defaultdict(set)
        for look in self._counter.files.looks.values():
            persons[look.who, look.day].add(look.bsn)
            if look.searched_by in ("name", "address"):
                searched[look.who, look.day].add(look.bsn)
            if look.action in TAKEN_OUT and self._counts_as_export(look):
                exports[look.who, look.day] += look.records or 0
                taken[look.who, look.day].add(look.bsn)
        unexplained: dict[tuple[str, date], set[str | None]] = defaultdict(set)
        for look in self._open:
            unexplained[look.who, look.day].add(look.bsn)
        for key, seen in persons.items():
            noon = datetime.combine(key[1], time(12), AMSTERDAM).astimezone(UTC)
            period = self._counter.files.employee_at(key[0], noon)
            place = (None, None) if period is None else (period["role"], period["department"])
            found, singly = len(searched[key] - {None}), len(taken[key] - {None})
            yield Day(*key, *place, len(seen - {None}), found, len(unexplained[key]), exports[key], singly)

    def _counts_as_export(self, look: Look) -> bool:
        """No link of the viewer or the team by the end of its day; what is about nobody in particular has none."""
        if look.bsn is None:
            return True
        linked = self._counter.cases.linked_at(look)
        return linked is None or linked > midnight_after(look.day)

    def standing(self, look: Look, moment: datetime) -> bool:
        """Not explained by a moment, as the case links say; what other lookups explain, its withdrawn signal tells."""
        if self._counter.cases.explained_by(look, moment):
            return False
        return look.id not in self._withdrawn or self._withdrawn[look.id] > moment

    def _withdrawn_at(self) -> dict[str, datetime]:
        """When other lookups explained the lookups of withdrawn signals that no link ever explained."""
        moments: dict[str, datetime] = {}
        for signal in self._counter.signals:
            if signal["family"] in ORDINARY and signal["status"] == "withdrawn":
                assert isinstance(signal["as_of"], datetime)
                moments |= dict.fromkeys((look.id for look in self._counter.looks(signal)), signal["as_of"])
        return moments

    def _unexplained(self) -> Iterator[tuple[Look, str]]:
        """Lookups of ordinary files that were unexplained at the end of grace, whatever was recorded later."""
        told: set[str] = set()
        for signal in self._counter.signals:
            if signal["family"] in (*ORDINARY, "retroactive-link"):
                for look in self._counter.looks(signal):
                    told.add(look.id)
                    made = self._counter.cases.self_made_at(look)
                    if made is None or made > grace_end(look.day):
                        yield look, str(signal["family"])
        for look_id, explanation in self._explanations.items():
            if explanation == "late-system-link" and look_id not in told:
                look = self._counter.files.looks[look_id]
                linked = self._counter.cases.linked_at(look)
                special = self._counter.people.is_special(look)
                if linked is not None and linked > grace_end(look.day) and not special:
                    yield look, "own-street" if self._counter.people.in_own_street(look) else "no-case-link"


def _window(signal: Row) -> date:
    """The local day of a volume signal; of two weeks the Monday of the second."""
    start = signal["window_start"]
    assert isinstance(start, datetime)
    first = start.astimezone(AMSTERDAM).date()
    return first + WEEK if signal["family"] == "volume-peers" else first


def _sum(days: Iterable[Day], name: str) -> int:
    return sum(int(getattr(day, name)) for day in days)


def _shrunk(others: Sequence[Day], past: Sequence[Day], name: str, *, few: bool) -> float:
    overall = _sum(past, name) / len(past)
    return overall if few else (_sum(others, name) + PEER_PRIOR * overall) / (len(others) + PEER_PRIOR)


def _thousandths(number: float) -> int:
    return round(number * 1000)
