"""The daily push: every local day's decision between two watermarks, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import polars as pl

from services.core.calendar import AgencyCalendar
from services.core.contract import INSTANT
from services.detector.budget import Candidate, Tick, decide
from services.detector.faults.muting import counting
from services.detector.forest.stage import with_strangeness
from services.detector.group import by_window, changes, with_episodes
from services.detector.long_watch import watches
from services.detector.members import member_days
from services.detector.registers import Registers
from services.detector.revise import Reviser
from services.detector.rules import AT_ONCE, BURST, ENUMERATION, EXPORTS
from services.detector.state.schemas import PUSHED
from services.detector.state.tables import State
from services.detector.thresholds import BudgetSettings, BurstSettings


class DailyPush:
    """Decides which class B signals are pushed, behind the watermark."""

    def __init__(self, settings: BudgetSettings, calendar: AgencyCalendar, reviser: Reviser) -> None:
        self._settings = settings
        self._calendar = calendar
        self._reviser = reviser

    def next_tick(self, moment: datetime) -> datetime:
        """The first push moment at or after a moment."""
        return next(self._ticks(moment, moment + timedelta(days=3)))

    def run(self, state: State, registers: Registers, watermark: datetime | None) -> State:
        """The state after every tick up to the watermark. Signals about readers of signals have no part in it."""
        progress = state.progress
        if watermark is None or progress.first_seen is None:
            return state
        since = progress.last_tick
        if since is not None and self._calendar.date_of(watermark) <= self._calendar.date_of(since):
            return state
        start = progress.first_seen if since is None else since + timedelta(microseconds=1)
        due = list(self._ticks(start, watermark))
        if not due:
            return state
        windowed = by_window(counting(state), member_days(state.volume_days))
        candidates = Candidates(self._reviser, windowed, state, self._settings)
        heard = windowed.filter(~pl.col("family").is_in(self._reviser.silent))
        raised = raised_at_once(heard, watermark, self._reviser.burst)
        watched = self._watched(heard)
        pushed: list[tuple[str, datetime]] = []
        for moment in due:
            begun = candidates.new(watched, progress.last_tick, moment)
            at_once = _between(raised, progress.last_tick, moment) + len(begun)
            tick = Tick(moment, registers.headcount(moment), at_once)
            candidates.leave(signal_id for signal_id, _ in begun)
            pushed += begun
            decision = decide(tick, progress.balance, partial(candidates.at, moment), self._settings)
            candidates.leave(decision.pushed)
            pushed += [(signal_id, moment) for signal_id in decision.pushed]
            refused = progress.refused + decision.refused
            progress = replace(progress, last_tick=moment, balance=decision.balance, refused=refused)
        new = pl.DataFrame(pushed, schema=PUSHED, orient="row")
        return replace(state, progress=progress, pushed=pl.concat([state.pushed, new]))

    def _watched(self, windowed: pl.DataFrame) -> list[tuple[str, datetime]]:
        """The long watches and when each became one: from then on of class P, though their family is not."""
        found = watches(windowed, self._reviser.pairs)
        ids = found.select("family", "employee_sid", "subject_sid", "window")
        signals = [self._reviser.signal_id(*key) for key in ids.iter_rows()]
        return sorted(zip(signals, found["watched_from"].to_list(), strict=True))

    def _ticks(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Push moments from start (inclusive) to end (inclusive)."""
        bounds = pl.DataFrame({"start": [start], "end": [end]}, schema={"start": INSTANT, "end": INSTANT})
        first, last = self._calendar.local_day(pl.col("start")), self._calendar.local_day(pl.col("end"))
        days = bounds.select(pl.date_ranges(first, last).alias("day")).explode("day")
        moments = days.select(self._calendar.instant(pl.col("day"), self._settings.push_hour))["day"]
        yield from (tick for tick in moments.to_list() if start <= tick <= end)


class Candidates:
    """The candidates for a push, day after day; a day on which nothing changed is not worked out again."""

    def __init__(self, reviser: Reviser, windowed: pl.DataFrame, state: State, settings: BudgetSettings) -> None:
        self._reviser = reviser
        self._floor = settings.score_floor
        self._settling = timedelta(days=settings.settling_days)
        self._volume_days = with_strangeness(state)
        self._windowed = windowed
        at_once = pl.col("family").is_in(AT_ONCE) & ~pl.col("handler")
        self._competing = windowed.filter(~at_once)
        self._changes = changes(windowed.filter(~at_once | pl.col("family").is_in([EXPORTS, ENUMERATION])))
        self._gone = set(state.pushed["signal_id"])
        self._standing: list[Candidate] = []
        self._as_of: datetime | None = None

    def at(self, moment: datetime) -> list[Candidate]:
        """Open class B signals above the floor, no parent's child, not pushed before, as they stand at a moment.

        A push cannot be undone, so they have stood for some days, in which late links would have come.
        """
        if self._as_of is None or _between(self._changes, self._as_of, moment):
            self._standing = self._stand(moment)
            self._as_of = moment
        settled = moment - self._settling
        return [
            candidate
            for candidate in self._standing
            if candidate.signal_id not in self._gone and candidate.raised_at <= settled
        ]

    def new(
        self, watched: Iterable[tuple[str, datetime]], after: datetime | None, until: datetime
    ) -> list[tuple[str, datetime]]:
        """Those that began between two moments and were not pushed before: they are pushed once, whatever the class."""
        begun = [(name, at) for name, at in watched if at <= until and (after is None or at > after)]
        return [(name, at) for name, at in begun if name not in self._gone]

    def leave(self, signal_ids: Iterable[str]) -> None:
        """Pushed signals are candidates no more."""
        self._gone.update(signal_ids)

    def _stand(self, moment: datetime) -> list[Candidate]:
        alone = ~pl.col("withdrawn") & pl.col("parent_id").is_null()
        eligible = (pl.col("rule_class") == "B") & alone & (pl.col("score") >= self._floor)
        parts = self._reviser.scored(self._competing, self._windowed, self._volume_days, moment)
        return [
            Candidate(-score, signal_id, part.rule.id, raised_at)
            for part in parts
            for score, signal_id, raised_at in part.signals.filter(eligible)
            .select("score", "signal_id", "raised_at")
            .iter_rows()
        ]


def raised_at_once(windowed: pl.DataFrame, moment: datetime, burst: BurstSettings) -> pl.Series:
    """When each class P signal was raised, as far as is known at a moment."""
    special = windowed.filter(pl.col("family").is_in(AT_ONCE) & ~pl.col("handler"))
    alone = special.group_by("family", "employee", "about", "window").agg(pl.col("counts_from").min())
    crowds = windowed.filter((pl.col("family") == BURST) & (pl.col("counts_from") <= moment))
    bursts = with_episodes(crowds, moment, burst).unique(["subject", "window"])
    return pl.concat([alone["counts_from"], bursts["fired_at"].rename("counts_from")])


def _between(moments: pl.Series, after: datetime | None, until: datetime) -> int:
    """How many moments lie after one and not after another."""
    upto = moments <= until
    return int((upto if after is None else upto & (moments > after)).sum())
