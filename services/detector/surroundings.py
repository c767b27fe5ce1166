"""Contributions into contributions with what happened around them: slips, namesakes, colleagues who had the case.

Such explanations rest on other lookups, so they can change when one arrives, late or taken back; whatever it touches
is worked out again from the lookups around, as they are then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import polars as pl

from services.core.archive import Wanted
from services.core.calendar import AgencyCalendar
from services.core.pseudonyms import Pseudonymiser
from services.detector.claims import worked
from services.detector.colleagues import colleague_cases, with_absence
from services.detector.explain import surrounding_explanations
from services.detector.explain.margins import margins_of
from services.detector.explain.ranking import Ranking
from services.detector.nearby_reasons import NO_CANDIDATES, ONLY_LOOKED, same_subject, same_viewer, told
from services.detector.neighbours import pairs, within_reach
from services.detector.register_index import marked
from services.detector.registers import Registers
from services.detector.rules import SHARED, STATEMENTS
from services.detector.settings import AgencySettings
from services.detector.slips import found_slips
from services.detector.state.schemas import CONTRIBUTIONS, HAPPENED_AROUND
from services.detector.state.tables import State, latest_of, without_ids

AROUND = ["lookup_id", "at", "employee", "team", "subject", "subject_check", "searched_by", "linked_at", "day",
          "claimed_case"]  # fmt: skip
"""What is asked of a lookup near another (columns of RECENT)."""
ASKED = ["row", "at", "employee", "subject", "subject_check", "searched_by", "action", "linked_at",
         "claimed_case"]  # fmt: skip
"""What is asked of a contribution that may have another lookup near it."""
EMPLOYEE_DAY = ["employee", "day"]
AN_INSTANT = timedelta(microseconds=1)
Judge = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True)
class Touched:
    """What a step took in."""

    judged: pl.DataFrame
    """New lookups and those judged again, with team and linked_at."""
    taken_back: pl.DataFrame
    """Lookups whose content lost (KNOWN columns)."""
    outdated: pl.Series
    """Ids that were known before this step and are replaced or judged again."""
    contributed: int
    """How many contributions, the last of the state, are new."""
    numbers: pl.DataFrame
    """Digits of this slice's persons (NUMBERS)."""

    def places(self) -> pl.DataFrame:
        """Moments and keys at which something changed."""
        columns = ["at", "employee", "subject", "day"]
        return pl.concat([self.judged[columns], self.taken_back[columns]])


class Surroundings:
    """Finds what explains a lookup beside its viewer's and team's own links."""

    def __init__(self, settings: AgencySettings, calendar: AgencyCalendar, pseudonyms: Pseudonymiser) -> None:
        self._calendar = calendar
        self._pseudonyms = pseudonyms
        self._leads = list(settings.lead_roles)
        self._ranking = Ranking(surrounding_explanations(margins_of(settings)))
        self._remembered = timedelta(days=settings.duplicate_days)
        self._mistyped = timedelta(seconds=settings.mistyped_seconds)
        self._same_viewer = max(self._mistyped, timedelta(minutes=settings.namesake_minutes), AN_INSTANT)
        self._same_subject = max(timedelta(minutes=settings.consultation_minutes), AN_INSTANT)
        self._same_work = max(timedelta(minutes=settings.pairs.same_work_minutes), AN_INSTANT)

    def run(
        self, before: State, state: State, touched: Touched, judge: Judge, registers: Registers
    ) -> tuple[State, pl.DataFrame]:
        """The state with the contributions worked out again that this step touched.

        `before` is the state before the step, `judge` explains archived lookups by their links. Also returns the
        employee-days (employee, day) of earlier contributions that count otherwise now.
        """
        rows = state.contributions.with_row_index("row")
        affected = self._affected(rows, touched)
        if affected.is_empty():
            return state, affected.select(EMPLOYEE_DAY)
        cases = colleague_cases(affected, registers)
        around = self._around(before, state, affected, cases, touched, judge)
        asked = affected.select(ASKED)
        met = pairs(asked, around, "employee", self._same_viewer)
        met = met.filter(met["subject"] != met["subject_near"])
        state = self._with_slips(state, met, touched.numbers)
        candidates = [
            NO_CANDIDATES,
            same_viewer(met, state.slips),
            same_subject(pairs(asked, around, "subject", self._same_subject)),
            self._colleague_case(cases, around, registers),
        ]
        reasons = self._ranking.best(told(affected, pl.concat(candidates, how="diagonal")))
        excused = _excused(affected, reasons, worked(asked, around, self._same_work))
        kept = state.contributions.filter(~marked(affected["row"], rows.height))
        earlier = affected["row"] < rows.height - touched.contributed
        shifted = affected[EMPLOYEE_DAY].filter(earlier & excused["counts_until"].ne_missing(affected["counts_until"]))
        state = replace(state, contributions=pl.concat([kept, excused]))
        return state, shifted.unique()

    def _affected(self, rows: pl.DataFrame, touched: Touched) -> pl.DataFrame:
        """Contributions that are new or judged again, and those near something that this step took in."""
        places = touched.places()
        if places.is_empty():
            return rows.clear()
        earlier = rows.head(rows.height - touched.contributed)
        reach = max(self._same_viewer, self._same_subject, self._same_work)
        keys = within_reach(places, earlier[["row", "at", "employee", "subject", "claimed_case"]], reach)
        near = [
            pairs(keys, places, "employee", self._same_viewer)["row"],
            pairs(keys.filter(keys["claimed_case"].is_not_null()), places, "employee", self._same_work)["row"],
            pairs(keys, places, "subject", self._same_subject)["row"],
            _standing_in(earlier, touched.judged)["row"],
        ]
        if not touched.taken_back.is_empty():
            gone = pl.col("day").is_in(touched.taken_back["day"].unique().implode())
            near.append(earlier.filter(gone)["row"])
        met = earlier.filter(marked(pl.concat(near), earlier.height))
        found = pl.concat([met, rows.tail(touched.contributed)])
        return found.filter(~pl.col("family").is_in([SHARED, STATEMENTS]))

    def _around(
        self,
        before: State,
        state: State,
        affected: pl.DataFrame,
        cases: pl.DataFrame,
        touched: Touched,
        judge: Judge,
    ) -> pl.DataFrame:
        """Every lookup that may tell of an affected one: of this step, remembered, or of the archive."""
        fresh = touched.judged[AROUND]
        remembered = without_ids(before.recent[AROUND], touched.outdated)
        latest = latest_of(before.recent)
        old = affected.filter(affected["at"] < latest - self._remembered) if latest else affected.clear()
        if old.is_empty():
            return pl.concat([fresh, remembered])
        colleagues = cases.join(old, on="row", how="semi")["colleague"]
        people = pl.concat([old["employee"], colleagues]).unique()
        archived = state.earlier(Wanted(people, old["subject"].unique(), _days_around(old)))
        known = pl.concat([fresh["lookup_id"], remembered["lookup_id"], touched.taken_back["lookup_id"]])
        unknown = archived.filter(~pl.col("lookup_id").is_in(known.implode()))
        return pl.concat([fresh, remembered, judge(unknown).select(AROUND)])

    def _with_slips(self, state: State, met: pl.DataFrame, numbers: pl.DataFrame) -> State:
        typed = [pl.col(name).fill_null("bsn") == "bsn" for name in ("searched_by", "searched_by_near")]
        soon = (pl.col("at") - pl.col("at_near")).abs() <= self._mistyped
        persons = met.filter(soon, *typed, ONLY_LOOKED).select("subject", pl.col("subject_near").alias("other"))
        found = found_slips(persons, numbers, state.slips, self._pseudonyms)
        return state if found.is_empty() else replace(state, slips=pl.concat([state.slips, found]))

    def _colleague_case(self, cases: pl.DataFrame, around: pl.DataFrame, registers: Registers) -> pl.DataFrame:
        """Known at once for who leads the team; absence when the register tells of it, or when the day is over."""
        if cases.is_empty():
            return NO_CANDIDATES
        absent = with_absence(cases, around, self._calendar, registers)
        leads = pl.col("role").is_in(self._leads).fill_null(value=False)
        return absent.select(
            "row",
            pl.lit("colleague-case").alias("kind"),
            leads.alias("leads"),
            "colleague_absent",
            "working_day",
            pl.max_horizontal("at", "known_from", pl.when(~leads).then("absence_known")).alias("known_at"),
        )


def _standing_in(contributions: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """The contributions that a colleague's absence excuses, of teams and days with new looks."""
    excused = contributions.filter(contributions["excuse"] == "delegation")
    return excused if excused.is_empty() else excused.join(judged[["team", "day"]], on=["team", "day"], how="semi")


def _excused(affected: pl.DataFrame, reasons: pl.DataFrame, work: pl.DataFrame) -> pl.DataFrame:
    """The contributions (CONTRIBUTIONS) with what explains them now, the links or what happened around: the first.

    `work` tells at which claimed cases the viewer was at work (claims.worked).
    """
    renamed = reasons.select(
        "row", pl.col("explained_at").alias("excused_at"), pl.col("explanation").alias("excuse"),
        pl.col("strength").alias("excuse_strength"),
    )  # fmt: skip
    rows = affected[["row", "linked_until", "linked_explanation"]]
    told = rows.join(renamed, on="row", how="left", maintain_order="left")
    told = told.join(work, on="row", how="left", maintain_order="left")
    sooner = pl.col("linked_until").is_null() | (pl.col("excused_at") < pl.col("linked_until"))
    excused = pl.col("excused_at").is_not_null() & sooner
    now = told.select(
        *HAPPENED_AROUND,
        pl.min_horizontal("linked_until", "excused_at").alias("counts_until"),
        pl.when(excused).then("excuse").otherwise("linked_explanation").alias("explanation"),
    )
    return affected.with_columns(now)[list(CONTRIBUTIONS)]


def _days_around(lookups: pl.DataFrame) -> pl.Series:
    days = lookups["day"].unique()
    return pl.concat([days, days.dt.offset_by("-1d"), days.dt.offset_by("1d")]).unique()
