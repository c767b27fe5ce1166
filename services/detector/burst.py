"""Unexplained looks at one person into episodes in which unusually many employees took part.

An episode is a series of looks at one person that 30 quiet days close (default). It is a burst once enough different
employees, outside the team that had the case, looked within a few days: more than there usually are for this person.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from services.core.contract import INSTANT
from services.detector.rules import BURST, ORDINARY
from services.detector.thresholds import BurstSettings

MOST_OF_A_TEAM = 3
"""Of the team with most viewers so many count: a crowd of one team is mostly a case of theirs, not linked yet."""
EPISODES = {
    "subject": pl.Int64(),
    "lookup_id": pl.String(),
    "window": pl.Date(),
    "fired_at": INSTANT,
    "holds": pl.Boolean(),
}
"""Looks in episodes."""
NO_EPISODES = pl.DataFrame(schema=EPISODES)
Viewer = tuple[int, int | None]
"""An employee, and the team at that moment."""
USUAL_WEEKS = 8
"""How long before a crowd one looks for what is usual."""
CROWD_FACTOR = 3
"""So many times the usual number of viewers is unusual."""


@dataclass(frozen=True)
class Look:
    """One contribution to an episode."""

    day: date
    employee: int
    team: int | None
    counts: bool
    """Whether it counts towards the crowd: the viewer's own team did not have the case."""
    begins: datetime
    ends: datetime | None

    def active(self, moment: datetime) -> bool:
        """Unexplained at this moment."""
        return self.begins <= moment and (self.ends is None or self.ends > moment)


def candidates(pairs: pl.DataFrame) -> pl.DataFrame:
    """Looks at persons whom several employees opened without explanation, as rows of the burst family.

    `pairs` are windowed contributions; the answer has no employee, and its window is only known as of a moment.
    """
    looks = pairs.filter(pl.col("family").is_in(ORDINARY) & (pl.col("viewer").n_unique().over("subject") > 1))
    nobody = [pl.lit(None, pl.Int64).alias(name) for name in ("employee", "employee_check", "employee_sid")]
    return looks.with_columns(pl.lit(BURST).alias("family"), *nobody)


def episodes(began: pl.DataFrame, moment: datetime, settings: BurstSettings) -> pl.DataFrame:
    """Table (EPISODES) of looks in episodes that were a burst by a moment.

    `began` are the rows of the burst family that count by then; `window` is the episode's first local day, `fired_at`
    when it first was a burst, `holds` whether it still is.
    """
    crowded = began.filter(pl.col("viewer").n_unique().over("subject") >= settings.min_employees)
    if crowded.is_empty():
        return NO_EPISODES
    found = []
    for (subject,), group in crowded.sort("day", "lookup_id").group_by("subject", maintain_order=True):
        for episode in _episodes(group, settings.quiet_days):
            looks = _looks(episode)
            fired_at = _first_crowd(looks, moment, settings)
            if fired_at is not None:
                holds = _is_crowd(looks, moment, settings)
                found += [(subject, row, looks[0].day, fired_at, holds) for row in episode["lookup_id"]]
    return pl.DataFrame(found, schema=EPISODES, orient="row")


def _episodes(looks: pl.DataFrame, quiet_days: int) -> Iterator[pl.DataFrame]:
    """Looks at one person in order of day, cut where more than so many days pass."""
    breaks = (pl.col("day").diff() > pl.duration(days=quiet_days)).fill_null(value=False)
    numbered = looks.with_columns(breaks.cum_sum().alias("episode"))
    yield from numbered.partition_by("episode", maintain_order=True)


def _looks(episode: pl.DataFrame) -> list[Look]:
    counts = (~pl.col("team_had_case")).alias("counts")
    columns = episode.select("day", "viewer", "team", counts, "counts_from", "counts_until")
    return [Look(*row) for row in columns.iter_rows()]


def _first_crowd(looks: Collection[Look], moment: datetime, settings: BurstSettings) -> datetime | None:
    begins = sorted({look.begins for look in looks if look.begins <= moment})
    return next((begin for begin in begins if _is_crowd(looks, begin, settings)), None)


def _is_crowd(looks: Collection[Look], moment: datetime, settings: BurstSettings) -> bool:
    """Whether enough employees looked within some days, more than usual in the weeks before these."""
    by_day: dict[date, set[Viewer]] = defaultdict(set)
    for look in looks:
        if look.counts and look.active(moment):
            by_day[look.day].add((look.employee, look.team))
    return any(_crowded(by_day, last, settings) for last in by_day)


def _crowded(by_day: dict[date, set[Viewer]], last: date, settings: BurstSettings) -> bool:
    first = last - timedelta(days=settings.window_days - 1)
    crowd = set().union(*(who for day, who in by_day.items() if first <= day <= last))
    if _independent(crowd) < settings.min_employees:
        return False
    before = first - timedelta(weeks=USUAL_WEEKS)
    earlier = sum(len(who) for day, who in by_day.items() if before <= day < first)
    days = 7 * USUAL_WEEKS
    return len(crowd) * days >= CROWD_FACTOR * earlier * settings.window_days


def _independent(crowd: set[Viewer]) -> int:
    """How many employees the crowd counts for."""
    sizes = Counter(team for _, team in crowd if team is not None)
    largest = max(sizes.values(), default=0)
    return len({employee for employee, _ in crowd}) - max(largest - MOST_OF_A_TEAM, 0)
