"""Two states into the revisions between them: which signals changed, and which no longer exist."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from services.core.instants import instant_of
from services.detector.emergencies import also_concerned
from services.detector.faults.muting import counting_with_reads
from services.detector.forest.stage import with_strangeness
from services.detector.group import COUNTED_MOMENTS, by_window
from services.detector.members import member_days
from services.detector.revise import Reviser
from services.detector.rules import BURST, MANY_PERSONS
from services.detector.state.tables import State


class Teller:
    """Tells steps that follow on one another: what a state amounts to is kept for the step after it."""

    def __init__(self, reviser: Reviser) -> None:
        self._reviser = reviser
        self._latest: View | None = None

    def tell(self, before: State, state: State) -> tuple[State, pl.DataFrame]:
        """The state with its ledger of told revisions, and the revisions (REVISION schema) of this step."""
        moment = state.progress.watermark or state.progress.first_seen
        if moment is None:
            return state, self._reviser.revisions([], state.pushed)
        was = self._view(before)
        now = _view_of(state, was.members if state.volume_days is before.volume_days else None)
        self._latest = now
        fresh, gone = _differences(was, now)
        concerned = _concerned(before, state, (was, now), pl.concat([fresh, gone]))
        standing = self._reviser.scored(now.windowed.filter(concerned), now.windowed, now.days, moment)
        revisions = self._reviser.revisions(standing, state.pushed)
        changed = _changed(revisions, state.told)
        state = replace(state, told=_noted(state.told, changed))
        if gone.is_empty() and _none_reopened(before.volume_days, state.volume_days):
            return state, changed
        then = before.progress.watermark or moment
        last = self._reviser.scored(was.windowed.filter(concerned), was.windowed, was.days, then)
        void = _void(self._reviser.revisions(last, before.pushed), revisions, state.told, self._reviser, moment)
        kept = state.told.join(void, on="signal_id", how="anti")
        return replace(state, told=kept), pl.concat([changed, void])

    def _view(self, before: State) -> View:
        known = self._latest
        same = known is not None and all(one is other for one, other in zip(known.of, _tables(before), strict=True))
        return known if known and same else _view_of(before, None)


@dataclass(frozen=True)
class View:
    """What counts in a state: the contributions, a hash of each, the same by window, and the days that stand out.

    `members` tell which contributions belong to these days (member_days).
    """

    of: tuple[pl.DataFrame, ...]
    counted: pl.DataFrame
    hashes: pl.Series
    windowed: pl.DataFrame
    days: pl.DataFrame
    members: pl.DataFrame


def _tables(state: State) -> tuple[pl.DataFrame, ...]:
    """All tables that a view is made of."""
    contributed = state.contributions, state.read_contributions
    return *contributed, state.claims, state.faults, state.volume_days, state.strange_days


def _view_of(state: State, members: pl.DataFrame | None) -> View:
    counted = counting_with_reads(state)
    members = member_days(state.volume_days) if members is None else members
    windowed = by_window(counted, members)
    return View(_tables(state), counted, counted.hash_rows(), windowed, with_strangeness(state), members)


def _differences(was: View, now: View) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Contributions that are new, and those that are there no more; one that changed is both."""
    fresh = now.counted.filter(~now.hashes.is_in(was.hashes.implode()))
    return fresh, was.counted.filter(~was.hashes.is_in(now.hashes.implode()))


def _concerned(before: State, state: State, both: tuple[View, View], different: pl.DataFrame) -> pl.Expr:
    """Which windowed contributions are of signals that this step may have changed.

    `both` are the views of the two states, `different` the contributions that came, went or changed.
    """
    if state.pushed.height != before.pushed.height:
        return pl.lit(value=True)
    marks = before.progress.watermark, state.progress.watermark
    crossed = pl.concat([_crossed(view.windowed, *marks) for view in both], how="diagonal")
    habits = [also_concerned(changed, view.windowed) for changed in (crossed, different) for view in both]
    subjects = pl.concat([crossed["subject"], different["subject"], *habits]).drop_nulls().unique()
    of_subjects = pl.col("subject").is_in(subjects.implode())
    viewers = [different["employee"].rename("viewer"), crossed["viewer"]]
    viewers += [view.windowed.filter(of_subjects)["viewer"] for view in both]
    was, now = both
    crowd = pl.lit(not now.days.equals(was.days)) | pl.col("employee").is_in(pl.concat(viewers).unique().implode())
    return pl.col("about").is_in(subjects.implode()) | (pl.col("family").is_in(MANY_PERSONS) & crowd)


def _crossed(windowed: pl.DataFrame, before: datetime | None, after: datetime | None) -> pl.DataFrame:
    """Contributions that began, ended or got a case link between two watermarks."""
    if after is None:
        return windowed.clear()
    later, until = instant_of(before) if before else None, instant_of(after)
    moments = [pl.col(name) for name in COUNTED_MOMENTS]
    passed = [(moment <= until) & (moment > later) if later is not None else moment <= until for moment in moments]
    return windowed.filter(pl.any_horizontal(passed))


def _changed(revisions: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Revisions whose content differs from what was told last."""
    if revisions.is_empty():
        return revisions
    last = told.select("signal_id", pl.col("content_hash").alias("last"))
    compared = revisions.join(last, on="signal_id", how="left", maintain_order="left")
    return compared.filter(pl.col("last").ne_missing(pl.col("content_hash"))).drop("last")


def _none_reopened(before: pl.DataFrame, after: pl.DataFrame) -> bool:
    """Whether every day that stood out (VOLUME_DAYS) still does."""
    return before is after or before.join(after, on=["family", "employee", "day"], how="anti").is_empty()


def _noted(told: pl.DataFrame, changed: pl.DataFrame) -> pl.DataFrame:
    if changed.is_empty():
        return told
    ledger = changed.select(told.columns)
    return pl.concat([told.join(ledger, on="signal_id", how="anti"), ledger])


def _void(
    last: pl.DataFrame, now: pl.DataFrame, told: pl.DataFrame, reviser: Reviser, moment: datetime
) -> pl.DataFrame:
    """Withdrawals of told signals, as they were last, for which late or corrected input left nothing at all."""
    gone = last.join(told, on="signal_id", how="semi").join(now, on="signal_id", how="anti")
    bursts = now.filter(pl.col("family") == BURST)["subject"]
    merged = (pl.col("family") == BURST) & pl.col("subject").is_in(bursts.implode())
    withdrawn = [
        reviser.withdrawn(gone.filter(~merged), "recomputed", moment),
        reviser.withdrawn(gone.filter(merged), "merged", moment),
    ]
    return pl.concat(withdrawn).sort("signal_id")
