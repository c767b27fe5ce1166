"""Reads of signals into what the rules on their readers count, from the raw rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.story.people import People
from tests.story.raw import AMSTERDAM, Files, Look, Row

if TYPE_CHECKING:
    from tests.story.counted import Columns, Counter

SYSTEM = "doelbinding"
WINDOW, LEAST_DAYS = timedelta(days=28), 20


def identities(looks: Sequence[Look]) -> int:
    """Persons whose identity was opened."""
    return len({look.bsn for look in looks if "identity" in look.categories} - {None})


def of_readers(looks: Sequence[Look], people: People) -> Columns:
    """What the reads of a signal about a reader tell."""
    interests = {interest for look in looks if (interest := _interest(look, people))}
    return {
        "reads": len({look.at for look in looks}),
        "identities": identities(looks),
        "opened": sum("identity" in look.categories for look in looks),
        "assigned": sum(look.case is not None for look in looks),
        "interest": min(interests, default=None),
    }


def _interest(look: Look, people: People) -> str | None:
    if people.is_own(look):
        return "self"
    return people.relation(look) or ("team_mate" if people.same_team(look) else None)


class Reading:
    """What the identities opened on a day are compared with."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._days = _by_day(counter.files)

    def columns(self, signal: Row) -> Columns:
        """expected (thousandths), history_days, peers and compared_with of a day that stands out."""
        who, day = self._of(signal)
        others = {key: looks for key, looks in self._days.items() if key[0] != who and day - WINDOW <= key[1] < day}
        enough = len(others) >= LEAST_DAYS
        total = sum(map(identities, others.values()))
        return {
            "expected": total * 1000 // len(others) if enough else 0,
            "history_days": len(others),
            "peers": len({reader for reader, _ in others}),
            "compared_with": "readers" if enough else "none",
        }

    def comparison(self, signal: Row) -> list[tuple[date, int, float, float]]:
        """Day, own number, expectation and the others' mean, of each day on which the reader read."""
        who, last = self._of(signal)
        expected = int(str(self.columns(signal)["expected"])) / 1000
        mine = sorted(key[1] for key in self._days if key[0] == who and last - WINDOW < key[1] <= last)
        return [(day, identities(self._days[who, day]), expected, self._mean_of_others(who, day)) for day in mine]

    def _mean_of_others(self, who: str, day: date) -> float:
        others = [identities(looks) for (reader, at), looks in self._days.items() if reader != who and at == day]
        return sum(others) / len(others) if others else 0.0

    def _of(self, signal: Row) -> tuple[str, date]:
        look = self._counter.looks(signal)[0]
        return look.who, look.day


def _by_day(files: Files) -> dict[tuple[str, date], list[Look]]:
    days: dict[tuple[str, date], list[Look]] = defaultdict(list)
    for look in files.looks.values():
        if look.system == SYSTEM:
            days[look.who, look.at.astimezone(AMSTERDAM).date()].append(look)
    return days
