"""The log lines of an enumeration or a shared account into pace, neighbouring numbers, places and devices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from tests.story.raw import Files, Look

REACH, SOON, SIDE_BY_SIDE = 40, timedelta(minutes=3), 8
SAME_MINUTES = timedelta(minutes=5)
Columns = dict[str, object]


def pace(looks: Sequence[Look]) -> Columns:
    """span_minutes (begun ones count), pauses in whole seconds and whether the numbers are near each other."""
    firsts: dict[str | None, Look] = {}
    for look in looks:
        firsts.setdefault(look.bsn, look)
    times = sorted(look.at for look in firsts.values())
    between = sorted(int((later - earlier).total_seconds()) for earlier, later in pairwise(times))
    if not between:
        return {}
    return {
        "span_minutes": max(-int(-(times[-1] - times[0]).total_seconds() // 60), 1),
        "shortest_pause": between[0],
        "usual_pause": between[(len(between) - 1) // 2],
        "longest_pause": between[-1],
        "near_numbers": len(list(_near(looks))) >= SIDE_BY_SIDE,
    }


def _near(looks: Sequence[Look]) -> Iterator[str]:
    """Persons with another of a number at most 40 away, opened within minutes."""
    for number in sorted({str(look.bsn) for look in looks}):
        mine = [look for look in looks if look.bsn == number]
        others = [look for look in looks if 0 < abs(int(str(look.bsn)) - int(number)) <= REACH]
        if any(abs(one.at - other.at) <= SOON for one in mine for other in others):
            yield number


def places(looks: Sequence[Look], days: Mapping[tuple[str, date], list[Look]]) -> Columns:
    """workstations, office_lines, remote_lines, and the shortest time between two places in one system."""
    told = {look.id for look in looks}
    moves = [
        int((later.at - earlier.at).total_seconds())
        for day in sorted({look.day for look in looks})
        for earlier, later in _moves(days[looks[0].who, day])
        if {earlier.id, later.id} <= told
    ]
    return {
        "workstations": len({look.device for look in looks}),
        "office_lines": sum(look.place == "office" for look in looks),
        "remote_lines": sum(look.place == "remote" for look in looks),
        "shortest_pause": min(moves, default=None),
    }


def _moves(day: Iterable[Look]) -> Iterator[tuple[Look, Look]]:
    """Pairs of lines that follow each other in one system, on two devices at two places, within minutes."""
    of_system: dict[str, list[Look]] = defaultdict(list)
    for look in sorted(day, key=lambda look: (look.at, look.id)):
        if look.device is not None and look.place is not None:
            of_system[look.system].append(look)
    for lines in of_system.values():
        for one, two in pairwise(lines):
            if one.device != two.device and one.place != two.place and two.at - one.at <= SAME_MINUTES:
                yield one, two


def by_day(files: Files) -> dict[tuple[str, date], list[Look]]:
    """Every lookup by employee and local day."""
    days: dict[tuple[str, date], list[Look]] = defaultdict(list)
    for look in files.looks.values():
        days[look.who, look.day].append(look)
    return days
