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
from services.detector.explain.ranking import best
from services.detector.neighbours import pairs
from services.detector.registers import Registers
from services.detector.rules import ENUMERATION, ORDINARY, RETROACTIVE, SHARED, STAFF_FILES, STATEMENTS
from services.detector.settings import AgencySettings
from services.detector.slips import found_slips
from services.detector.state.schemas import CONTRIBUTIONS, HAPPENED_AROUND
from services.detector.state.tables import State, latest_of

AROUND = ["lookup_id", "at", "employee", "team", "subject", "subject_check", "searched_by", "linked_at", "day",
          "claimed_case"]  # fmt: skip
"""What is asked of a lookup near another (columns of RECENT)."""
ONLY_LOOKED = pl.col("action").is_in(["search", "view"])
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
        return pl.concat([self.judged.select(columns), self.taken_back.select(columns)])


class Surroundings:
    """Finds what explains a lookup beside its viewer's and team's own links."""

    def __init__(self, settings: AgencySettings, calendar: AgencyCalendar, pseudonyms: Pseudonymiser) -> None:
        self._calendar = calendar
        self._pseudonyms = pseudonyms
        self._leads = list(settings.lead_roles)
        self._explanations = surrounding_explanations(margins_of(settings))
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
        affected = self._affected(rows, touched).filter(pl.col("family") != STATEMENTS)
        if affected.is_empty():
            return state, affected.select(EMPLOYEE_DAY)
        cases = colleague_cases(affected, registers)
        around = self._around(before, state, affected, cases, touched, judge)
        met = pairs(affected, around, "employee", self._same_viewer).filter(pl.col("subject") != pl.col("subject_near"))
        state = self._with_slips(state, met, touched.numbers)
        candidates = [
            _same_viewer(met, state.slips),
            _same_subject(pairs(affected, around, "subject", self._same_subject)),
            self._colleague_case(cases, around, registers),
        ]
        reasons = best(_told(affected, pl.concat(candidates, how="diagonal")), self._explanations)
        kept = rows.join(affected, on="row", how="anti")
        excused = _excused(affected, reasons, worked(affected, around, self._same_work))
        earlier = pl.col("row") < rows.height - touched.contributed
        shifted = excused.filter(earlier).join(affected, on=["row", "counts_until"], how="anti", nulls_equal=True)
        state = replace(state, contributions=pl.concat([kept, excused]).drop("row"))
        return state, shifted.select(EMPLOYEE_DAY).unique()

    def _affected(self, rows: pl.DataFrame, touched: Touched) -> pl.DataFrame:
        """Contributions that are new or judged again, and those near something that this step took in."""
        places = touched.places()
        if places.is_empty():
            return rows.clear()
        fresh = pl.col("row") >= rows.height - touched.contributed
        reach = max(self._same_viewer, self._same_subject, self._same_work)
        within = pl.col("at").is_between(pl.lit(places["at"].min()) - reach, pl.lit(places["at"].max()) + reach)
        new = rows.filter(fresh)["row"]
        keys = rows.filter(within & ~fresh).select("row", "at", "employee", "subject", "claimed_case")
        standing_in = rows.filter(pl.col("excuse") == "delegation")
        at_work = touched.judged.select("team", "day").unique()
        gone = pl.col("day").is_in(touched.taken_back["day"].unique().implode())
        near = [
            new,
            pairs(keys, places, "employee", self._same_viewer)["row"],
            pairs(keys.drop_nulls("claimed_case"), places, "employee", self._same_work)["row"],
            pairs(keys, places, "subject", self._same_subject)["row"],
            standing_in.join(at_work, on=["team", "day"], how="semi")["row"],
            rows.filter(gone)["row"],
        ]
        touched_rows = pl.col("row").is_in(pl.concat(near).unique().implode())
        return rows.filter(touched_rows & (pl.col("family") != SHARED))

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
        fresh = touched.judged.select(AROUND)
        remembered = before.recent.select(AROUND).filter(~pl.col("lookup_id").is_in(touched.outdated.implode()))
        latest = latest_of(before.recent)
        old = affected.filter(pl.col("at") < latest - self._remembered) if latest else affected.clear()
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
        return replace(state, slips=pl.concat([state.slips, found]))

    def _colleague_case(self, cases: pl.DataFrame, around: pl.DataFrame, registers: Registers) -> pl.DataFrame:
        """Known at once for who leads the team; absence when the register tells of it, or when the day is over."""
        told = with_absence(cases, around, self._calendar, registers)
        leads = pl.col("role").is_in(self._leads).fill_null(value=False)
        return told.select(
            "row",
            pl.lit("colleague-case").alias("kind"),
            leads.alias("leads"),
            "colleague_absent",
            "working_day",
            pl.max_horizontal("at", "known_from", pl.when(~leads).then("absence_known")).alias("known_at"),
        )


def _same_viewer(met: pl.DataFrame, slips: pl.DataFrame) -> pl.DataFrame:
    apart = slips.rename({"other": "subject_near"}).with_columns(pl.lit(value=True).alias("two_slips"))
    linked = met.drop_nulls("linked_at_near").join(apart, on=["subject", "subject_near"], how="left")
    return linked.select(
        "row",
        pl.lit("same-viewer").alias("kind"),
        (pl.col("at_near") - pl.col("at")).dt.total_seconds().alias("seconds"),
        pl.col("searched_by_near").alias("other_searched_by"),
        pl.col("two_slips").fill_null(value=False),
        pl.max_horizontal("at", "at_near", "linked_at_near").alias("known_at"),
    )


def _same_subject(met: pl.DataFrame) -> pl.DataFrame:
    somebody_else = pl.col("employee") != pl.col("employee_near")
    linked = met.drop_nulls("linked_at_near").filter(
        somebody_else & (pl.col("subject_check") == pl.col("subject_check_near"))
    )
    return linked.select(
        "row",
        pl.lit("same-subject").alias("kind"),
        (pl.col("at_near") - pl.col("at")).dt.total_seconds().alias("seconds"),
        pl.max_horizontal("at", "at_near", "linked_at_near").alias("known_at"),
    )


def _told(affected: pl.DataFrame, candidates: pl.DataFrame) -> pl.DataFrame:
    """The candidates with SURROUNDING_COLUMNS of the lookup itself."""
    by_handlers = (pl.col("family") == STAFF_FILES) & pl.col("handler").fill_null(value=False)
    of_lookup = affected.select(
        "row",
        "at",
        "searched_by",
        ONLY_LOOKED.alias("only_looked"),
        (pl.col("family").is_in([*ORDINARY, RETROACTIVE, ENUMERATION]) | by_handlers).alias("ordinary"),
    )
    return candidates.join(of_lookup, on="row")


def _excused(affected: pl.DataFrame, reasons: pl.DataFrame, work: pl.DataFrame) -> pl.DataFrame:
    """The contributions with what explains them now: the links, or what happened around, whichever is first.

    `work` tells at which claimed cases the viewer was at work (claims.worked).
    """
    renamed = reasons.select(
        "row", pl.col("explained_at").alias("excused_at"), pl.col("explanation").alias("excuse"),
        pl.col("strength").alias("excuse_strength"),
    )  # fmt: skip
    told = affected.drop(HAPPENED_AROUND).join(renamed, on="row", how="left").join(work, on="row", how="left")
    sooner = pl.col("linked_until").is_null() | (pl.col("excused_at") < pl.col("linked_until"))
    excused = pl.col("excused_at").is_not_null() & sooner
    return told.with_columns(
        pl.min_horizontal("linked_until", "excused_at").alias("counts_until"),
        pl.when(excused).then("excuse").otherwise("linked_explanation").alias("explanation"),
    ).select("row", *CONTRIBUTIONS)


def _days_around(lookups: pl.DataFrame) -> pl.Series:
    days = lookups["day"].unique()
    return pl.concat([days, days.dt.offset_by("-1d"), days.dt.offset_by("1d")]).unique()
