"""A stored signal and its evidence into what the story page shows beside the signal's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from services.api.pages.comparison import ComparisonChart, comparison_chart, unit_of
from services.api.pages.day_bars import DayBars, day_bars
from services.api.pages.looks import Look, looks_of
from services.api.pages.timeline import Timeline, timeline

LONGEST_SPAN = timedelta(days=366 * 50)
"""Beyond a working life a chart tells nothing; the table does."""


@dataclass(frozen=True)
class Story:
    """The evidence in order of time, one chart of it at most, and for a volume that of the days compared."""

    concerns: str
    facts: Sequence[tuple[str, object]]
    lookups: Sequence[Mapping[str, object]]
    timeline: Timeline | None
    bars: DayBars | None
    comparison: ComparisonChart | None


def story_of(signal: Mapping[str, object], evidence: Sequence[Mapping[str, object]], timezone: ZoneInfo) -> Story:
    """One employee's day over many files as bars per hour, everything else as a timeline."""
    concerns = _concerns(signal)
    lookups = sorted(evidence, key=lambda lookup: str(lookup["occurredAt"]))
    looks = looks_of(lookups, timezone)
    tellable = bool(looks) and looks[-1].at - looks[0].at <= LONGEST_SPAN
    in_bars = tellable and concerns == "one-to-many" and _on_one_day(looks)
    return Story(
        concerns=concerns,
        facts=_facts(signal),
        lookups=lookups,
        timeline=timeline(looks, one_file=concerns == "one-to-one") if tellable and not in_bars else None,
        bars=day_bars(looks) if in_bars else None,
        comparison=comparison_chart(unit_of(signal), signal["comparison"]),
    )


def _concerns(signal: Mapping[str, object]) -> str:
    if signal["employeeId"] is None:
        return "many-to-one"
    return "one-to-many" if signal["subject"] is None else "one-to-one"


def _facts(signal: Mapping[str, object]) -> Sequence[tuple[str, object]]:
    """For, against and unknown; of a withdrawn signal what speaks against it comes first."""
    speaks_for, against = ("facts-for", signal["factsFor"]), ("facts-against", signal["factsAgainst"])
    first, second = (against, speaks_for) if signal["status"] == "withdrawn" else (speaks_for, against)
    return first, second, ("facts-unknown", signal["factsUnknown"])


def _on_one_day(looks: Sequence[Look]) -> bool:
    return looks[0].at.date() == looks[-1].at.date()
