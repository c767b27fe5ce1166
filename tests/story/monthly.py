"""The raw rows of everybody's months into the share that nothing explained and that of the others (docs/adr/0018)."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.story.counted import Columns, Counter
from tests.story.raw import AMSTERDAM, Look, Row, grace_end
from tests.story.usual import Day, Usual

PRIOR_PERSONS, LEAST_PEERS, LEAST_SHARE = 200, 5, 0.001
WITHIN, LEAST_EXPECTED = 90, 50
SEARCHES = "search-by-name-or-address"


@dataclass(frozen=True)
class Total:
    """One employee's month: the place of the last day, what was opened (each day apart), and whom nothing explained."""

    days: Sequence[Day]
    opened: int
    persons: int

    @property
    def place(self) -> tuple[object, object]:
        """Role and department."""
        return self.days[-1].role, self.days[-1].department


class Monthly:
    """What was to be expected of a month."""

    def __init__(self, counter: Counter, usual: Usual) -> None:
        self._counter = counter
        self._usual = usual
        self._told = self._told_days()
        self._totals: dict[tuple[str, date], dict[str, Total]] = {}

    def columns(self, signal: Row) -> Columns:
        """since_day, until_day, workload, history_days, expected (thousandths), peers and compared_with."""
        who, first = self._counter.looks(signal)[0].who, _first(signal)
        totals = self._of_month(str(signal["family"]), first)
        mine, share, others, few = totals[who], *self._share(totals, who)
        return {
            "since_day": first,
            "until_day": _last(first),
            "workload": mine.opened,
            "history_days": len(mine.days),
            "expected": max(round(share * mine.opened * 1000), LEAST_EXPECTED),
            "peers": others,
            "compared_with": "agency" if few else "role-and-department",
        }

    def comparison(self, signal: Row) -> list[tuple[date, int, float, float]]:
        """Day, persons without explanation, expectation and the others' mean."""
        who, first, family = self._counter.looks(signal)[0].who, _first(signal), str(signal["family"])
        totals = self._of_month(family, first)
        share, looks = self._share(totals, who)[0], self._looks(family, first)
        days = [day for total in totals.values() for day in total.days]
        return [
            (
                day.day,
                _persons(looks, day),
                round(share * _opened(day, family), 3),
                round(_mean([_persons(looks, other) for other in _beside(days, day)]), 3),
            )
            for day in totals[who].days
        ]

    def _share(self, totals: dict[str, Total], who: str) -> tuple[float, int, bool]:
        """The share of the others, how many these are, and whether they are the whole agency."""
        everybody = {name: total for name, total in totals.items() if total.opened}
        most = sorted(total.persons for total in everybody.values())[(WITHIN * len(everybody) + 99) // 100 - 1]
        others = [total for name, total in everybody.items() if name != who]
        near = [total for total in others if total.place == totals[who].place]
        few = len(near) < LEAST_PEERS or None in totals[who].place
        of_all = _sum(others, most) / max(sum(total.opened for total in others), 1)
        shrunk = (_sum(near, most) + PRIOR_PERSONS * of_all) / (sum(total.opened for total in near) + PRIOR_PERSONS)
        return max(of_all if few else shrunk, LEAST_SHARE), len(others if few else near), few

    def _of_month(self, family: str, first: date) -> dict[str, Total]:
        if (family, first) not in self._totals:
            self._totals[family, first] = self._count(family, first)
        return self._totals[family, first]

    def _count(self, family: str, first: date) -> dict[str, Total]:
        looks, decided = self._looks(family, first), _decided(first)
        days: dict[str, list[Day]] = defaultdict(list)
        for key, day in sorted(self._usual.days.items()):
            if first <= day.day <= _last(first) and not self._is_told(key, decided):
                days[day.who].append(day)
        persons = {who: {look.bsn for look in looks if look.who == who} for who in {look.who for look in looks}}
        opened = {who: sum(_opened(day, family) for day in of) for who, of in days.items()}
        return {who: Total(of, opened[who], min(len(persons.get(who, ())), opened[who])) for who, of in days.items()}

    def _looks(self, family: str, first: date) -> list[Look]:
        """Without explanation when the month was decided, of persons whose case no colleague had."""
        decided = _decided(first)
        return [
            look
            for look in self._usual.strangers
            if first <= look.day <= _last(first)
            and not self._is_told((look.who, look.day), decided)
            and (family != SEARCHES or look.searched_by in ("name", "address"))
            and not self._counter.cases.colleagues(look)
            and self._usual.standing(look, decided)
        ]

    def _is_told(self, key: tuple[str, date], decided: datetime) -> bool:
        return any(at <= decided for at in self._told.get(key, ()))

    def _told_days(self) -> dict[tuple[str, date], list[datetime]]:
        """Days of which a day's or a fortnight's signal tells, and since when."""
        told: dict[tuple[str, date], list[datetime]] = defaultdict(list)
        for signal in self._counter.signals:
            if signal["family"] in ("volume-own", "volume-peers"):
                start, last = _first(signal), _first(signal)
                last += timedelta(days=13 if signal["family"] == "volume-peers" else 0)
                for place in range((last - start).days + 1):
                    day = start + timedelta(days=place)
                    told[self._counter.looks(signal)[0].who, day].append(grace_end(last))
        return told


def _persons(looks: Iterable[Look], day: Day) -> int:
    return len({look.bsn for look in looks if (look.who, look.day) == (day.who, day.day)})


def _beside(days: Sequence[Day], mine: Day) -> list[Day]:
    """The others at work that day, in the same place if there are any."""
    there = [day for day in days if day.day == mine.day and day.who != mine.who]
    return [day for day in there if (day.role, day.department) == (mine.role, mine.department)] or there


def _opened(day: Day, family: str) -> int:
    return day.searched if family == SEARCHES else day.persons


def _sum(totals: Iterable[Total], most: int) -> int:
    return sum(min(total.persons, most) for total in totals)


def _mean(numbers: Sequence[int]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


def _first(signal: Row) -> date:
    start = signal["window_start"]
    assert isinstance(start, datetime)
    return start.astimezone(AMSTERDAM).date()


def _last(first: date) -> date:
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _decided(first: date) -> datetime:
    return grace_end(_last(first))
