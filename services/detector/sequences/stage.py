"""Contributions into contributions with those of sequences: enumerations, and accounts at two places at once.

Both rest on other lookups of the same employee and local day, so the whole day is looked at again when one of them
arrives, changes or goes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import polars as pl

from services.core.archive import Wanted
from services.core.calendar import AgencyCalendar
from services.core.pseudonyms import Pseudonymiser
from services.detector.context import add_context
from services.detector.contribute import as_stored
from services.detector.explain.base import MANDATE
from services.detector.explain.margins import margins_of
from services.detector.registers import Registers
from services.detector.rules import ENUMERATION, SHARED
from services.detector.sequences.numbers import found_nearby, meetings
from services.detector.sequences.places import clashes
from services.detector.sequences.runs import as_days, by_number, runs
from services.detector.settings import AgencySettings
from services.detector.state.schemas import CONTRIBUTIONS
from services.detector.state.tables import State, bucket_of, latest_of, without_ids

KNOWN = ["lookup_id", "at", "day", "employee", "subject", "system", "searched_by", "action", "linked_at",
         "workstation", "remote"]  # fmt: skip
"""What is asked of a lookup of the same day (columns of RECENT)."""
EMPLOYEE_DAY = ["employee", "day"]
SEQUENCES = [ENUMERATION, SHARED]
Judge = Callable[[pl.DataFrame], pl.DataFrame]
Surround = Callable[[pl.DataFrame], pl.DataFrame]
"""Adds to contributions whose case the person was (context.add_context)."""


@dataclass(frozen=True)
class News:
    """What a step took in: judged lookups, those taken back, known ids that are outdated, and digits (NUMBERS)."""

    judged: pl.DataFrame
    taken_back: pl.DataFrame
    outdated: pl.Series
    numbers: pl.DataFrame

    def places(self) -> pl.DataFrame:
        """Moments and days of employees at which something changed."""
        columns = ["at", *EMPLOYEE_DAY]
        return pl.concat([self.judged[columns], self.taken_back[columns]])


class Sequences:
    """Finds sequences in the days that a step touches."""

    def __init__(self, settings: AgencySettings, calendar: AgencyCalendar, pseudonyms: Pseudonymiser) -> None:
        self._enumeration = settings.enumeration
        self._sharing = settings.sharing
        self._margins = margins_of(settings)
        self._dormant_months = settings.pairs.dormant_months
        self._remembered = timedelta(days=settings.duplicate_days)
        self._calendar = calendar
        self._pseudonyms = pseudonyms

    def run(self, before: State, state: State, news: News, judge: Judge, registers: Registers) -> tuple[State, int]:
        """The state with the sequences of the touched days, and how many contributions, its last, are new or renewed.

        `before` is the state before the step, `judge` explains archived lookups by their links.
        """
        places = news.places()
        if places.is_empty():
            return state, 0
        days = places[EMPLOYEE_DAY].unique()
        fresh = news.judged[KNOWN]
        others = self._others(before, state, news, places, days, judge)
        known = fresh if others.is_empty() else pl.concat([fresh, others])
        now, before_now = by_number(fresh), by_number(others)
        met = meetings(now, before_now, news.numbers, timedelta(minutes=self._enumeration.minutes))
        new = found_nearby(met, news.numbers, state.nearby, self._pseudonyms)
        state = state if new.is_empty() else replace(state, nearby=pl.concat([state.nearby, new]))
        found = pl.concat([now, before_now])
        enumerated = runs(found, state.nearby, self._enumeration, self._calendar)
        state = _decided(state, enumerated, days)
        wanted = [
            enumerated.select("lookup_id", "counts_from", pl.lit(ENUMERATION).alias("family")),
            clashes(known, self._sharing).with_columns(pl.lit(SHARED).alias("family")),
        ]
        surround = partial(add_context, registers=registers, margins=self._margins, dormant_months=self._dormant_months)
        return _contributed(state, pl.concat(wanted), days, news, judge, surround)

    def _others(
        self, before: State, state: State, news: News, places: pl.DataFrame, days: pl.DataFrame, judge: Judge
    ) -> pl.DataFrame:
        """Every lookup of these days that is not of this step: remembered, or of the archive (KNOWN)."""
        near = without_ids(before.recent[KNOWN].join(days, on=EMPLOYEE_DAY, how="semi"), news.outdated)
        latest = latest_of(before.recent)
        old = places.filter(places["at"] < latest - self._remembered) if latest else places.clear()
        if old.is_empty():
            return near
        archived = state.earlier(Wanted(old["employee"].unique(), days=old["day"].unique()))
        archived = archived.join(old, on=EMPLOYEE_DAY, how="semi")
        gone = pl.concat([news.judged["lookup_id"], near["lookup_id"], news.outdated])
        unknown = archived.filter(~pl.col("lookup_id").is_in(gone.implode()))
        return pl.concat([near, judge(unknown).select(KNOWN)])


def _decided(state: State, enumerated: pl.DataFrame, days: pl.DataFrame) -> State:
    """The state with the decisions of these days in the place of those that were."""
    of_days = state.volume_days.filter(state.volume_days["family"] == ENUMERATION)
    of_days = of_days if of_days.is_empty() else of_days.join(days, on=EMPLOYEE_DAY, how="semi")
    if enumerated.is_empty() and of_days.is_empty():
        return state
    kept = state.volume_days.join(of_days, on=["family", *EMPLOYEE_DAY], how="anti")
    return replace(state, volume_days=pl.concat([kept, as_days(enumerated)]).sort("day", "employee", "family"))


def _contributed(
    state: State, wanted: pl.DataFrame, days: pl.DataFrame, news: News, judge: Judge, surround: Surround
) -> tuple[State, int]:
    """The state with contributions of what is wanted (lookup_id, family, counts_from) as all there is of these days."""
    sequences = state.contributions.filter(pl.col("family").is_in(SEQUENCES)).join(days, on=EMPLOYEE_DAY, how="semi")
    if wanted.is_empty() and sequences.is_empty():
        return state, 0
    stored = sequences.drop("counts_from").join(wanted, on=["lookup_id", "family"])
    stored = stored.with_columns(
        pl.col("linked_until").alias("counts_until"), pl.col("linked_explanation").alias("explanation")
    )
    missing = wanted.join(stored, on=["lookup_id", "family"], how="anti")
    rows = news.judged.join(missing, on="lookup_id", how="semi")
    absent = missing.join(rows, on="lookup_id", how="anti")
    if not absent.is_empty():
        of_days = Wanted(days["employee"].unique(), days=days["day"].unique())
        archived = state.earlier(of_days).join(absent, on="lookup_id", how="semi")
        rows = pl.concat([rows, judge(archived)], how="diagonal")
    new = pl.concat([as_stored(stored), _as_contributions(rows, missing, surround)])
    kept = state.contributions.join(sequences, on=["lookup_id", "family"], how="anti")
    return replace(state, contributions=pl.concat([kept, new])), new.height


def _as_contributions(judged: pl.DataFrame, wanted: pl.DataFrame, surround: Surround) -> pl.DataFrame:
    """Frame of CONTRIBUTIONS. A link, or a mandate, ends what was enumerated.

    Of a shared account it says who worked, not where. That a system has no cases excuses nobody who reads it out.
    """
    rows = judged.drop("family").join(wanted, on="lookup_id")
    never = pl.lit(None, CONTRIBUTIONS["counts_until"])
    mandated = pl.when(pl.col("explanation") == MANDATE).then("explained_at")
    until = pl.when(pl.col("family") == ENUMERATION).then(pl.min_horizontal("linked_at", mandated)).otherwise(never)
    return as_stored(surround(rows.with_columns(until.alias("counts_until"), bucket_of(pl.col("day")))))
