"""A stored signal and its evidence into what the story page shows beside the signal's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from services.api.pages.day_bars import DayBars, day_bars
from services.api.pages.looks import Look, looks_of
from services.api.pages.timeline import Timeline, timeline

LONGEST_SPAN = timedelta(days=366 * 50)
"""Beyond a working life a chart tells nothing; the table does."""


@dataclass(frozen=True)
class Story:
    """The evidence in order of time, and one chart of it at most."""

    lookups: Sequence[Mapping[str, object]]
    timeline: Timeline | None
    bars: DayBars | None


def story_of(signal: Mapping[str, object], evidence: Sequence[Mapping[str, object]], timezone: ZoneInfo) -> Story:
    """One employee's day over many files as bars per hour, everything else as a timeline."""
    lookups = sorted(evidence, key=lambda lookup: str(lookup["occurredAt"]))
    looks = looks_of(lookups, timezone)
    if not looks or looks[-1].at - looks[0].at > LONGEST_SPAN:
        return Story(lookups, None, None)
    if signal["subject"] is None and _on_one_day(looks):
        return Story(lookups, None, day_bars(looks))
    one_file = signal["subject"] is not None and signal["employeeId"] is not None
    return Story(lookups, timeline(looks, one_file=one_file), None)


def _on_one_day(looks: Sequence[Look]) -> bool:
    return looks[0].at.date() == looks[-1].at.date()
