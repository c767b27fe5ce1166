"""One employee's looks over weeks and months into how often, how long, and by which words emergency access was had."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from tests.story.raw import Look

THREE_IN, EMERGENCY_DAYS, COPIED = 90, 90, 3
WATCH_MONTHS, WATCH_SPAN = 6, 24


def months(looks: Iterable[Look]) -> list[int]:
    """The different local months, numbered, in order."""
    return sorted({12 * look.day.year + look.day.month for look in looks})


def watched_long(looks: Iterable[Look]) -> bool:
    """Six different months within 24."""
    numbers = months(looks)
    return any(last - first < WATCH_SPAN for first, last in zip(numbers, numbers[WATCH_MONTHS - 1 :], strict=False))


def came_back(looks: Iterable[Look]) -> bool:
    """Three different days within 90."""
    days = sorted({look.day for look in looks})
    return any((last - first).days < THREE_IN for first, last in zip(days, days[2:], strict=False))


class Emergencies:
    """Emergency access that nothing explains, by employee."""

    def __init__(self, unexplained: Iterable[Look]) -> None:
        self._forced: Mapping[str, list[Look]] = defaultdict(list)
        for look in unexplained:
            if look.forced:
                self._forced[look.who].append(look)

    def persons(self, looks: Sequence[Look]) -> int:
        """Whom the employee opened so in the 90 days up to the last such look of these; 0 without one."""
        days = [look.day for look in looks if look.forced]
        return len({look.bsn for look in self._forced[looks[0].who] if _within(look.day, max(days))}) if days else 0

    def copied(self, looks: Sequence[Look], *, standing: bool) -> int:
        """Looks whose words the employee gave at three other persons too."""
        return sum(self._elsewhere(look, standing=standing) >= COPIED for look in looks if look.forced and look.words)

    def _elsewhere(self, look: Look, *, standing: bool) -> int:
        persons = {other.bsn for other in self._forced[look.who] if other.words == look.words}
        return len(persons) - standing


def _within(day: date, last: date) -> bool:
    return last - timedelta(days=EMERGENCY_DAYS) < day <= last
