"""Two states into the revisions between them: which signals changed, and which no longer exist."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import polars as pl

from services.detector.emergencies import also_concerned
from services.detector.faults.muting import counting
from services.detector.forest.stage import with_strangeness
from services.detector.group import COUNTED_MOMENTS, by_window
from services.detector.revise import Reviser
from services.detector.rules import BURST, MANY_PERSONS
from services.detector.state.tables import State


def tell(before: State, state: State, reviser: Reviser) -> tuple[State, pl.DataFrame]:
    """The state with its ledger of told revisions, and the revisions (REVISION schema) of this step."""
    moment = state.progress.watermark or state.progress.first_seen
    if moment is None:
        return state, reviser.revisions([], state.pushed)
    was, now = counting(before), counting(state)
    earlier, windowed = by_window(was, before.volume_days), by_window(now, state.volume_days)
    fresh, gone = _differences(was, now)
    concerned = _concerned(before, state, (earlier, windowed), pl.concat([fresh, gone]))
    standing = reviser.scored(windowed.filter(concerned), windowed, with_strangeness(state), moment)
    revisions = reviser.revisions(standing, state.pushed)
    changed = _changed(revisions, state.told)
    state = replace(state, told=_noted(state.told, changed))
    reopened = before.volume_days.join(state.volume_days, on=["family", "employee", "day"], how="anti")
    if gone.is_empty() and reopened.is_empty():
        return state, changed
    then = before.progress.watermark or moment
    last = reviser.scored(earlier.filter(concerned), earlier, with_strangeness(before), then)
    void = _void(reviser.revisions(last, before.pushed), revisions, state.told, reviser, moment)
    kept = state.told.join(void, on="signal_id", how="anti")
    return replace(state, told=kept), pl.concat([changed, void])


def _differences(before: pl.DataFrame, after: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Contributions that are new, and those that are there no more; one that changed is both."""
    was, now = before.hash_rows(), after.hash_rows()
    return after.filter(~now.is_in(was.implode())), before.filter(~was.is_in(now.implode()))


def _concerned(
    before: State, state: State, both: tuple[pl.DataFrame, pl.DataFrame], different: pl.DataFrame
) -> pl.Expr:
    """Which windowed contributions are of signals that this step may have changed.

    `both` are all of them, before and now, `different` the contributions that came, went or changed.
    """
    if state.pushed.height != before.pushed.height:
        return pl.lit(value=True)
    marks = before.progress.watermark, state.progress.watermark
    crossed = pl.concat([_crossed(windowed, *marks) for windowed in both], how="diagonal")
    habits = [also_concerned(changed, windowed) for changed in (crossed, different) for windowed in both]
    subjects = pl.concat([crossed["subject"], different["subject"], *habits]).drop_nulls().unique()
    of_subjects = pl.col("subject").is_in(subjects.implode())
    viewers = [different["employee"].rename("viewer"), crossed["viewer"]]
    viewers += [windowed.filter(of_subjects)["viewer"] for windowed in both]
    judged = not with_strangeness(state).equals(with_strangeness(before))
    crowd = pl.lit(judged) | pl.col("employee").is_in(pl.concat(viewers).unique().implode())
    return pl.col("about").is_in(subjects.implode()) | (pl.col("family").is_in(MANY_PERSONS) & crowd)


def _crossed(windowed: pl.DataFrame, before: datetime | None, after: datetime | None) -> pl.DataFrame:
    """Contributions that began, ended or got a case link between two watermarks."""
    if after is None:
        return windowed.clear()
    moments = [pl.col(name) for name in COUNTED_MOMENTS]
    passed = [(moment <= after) & ((moment > before) if before else pl.lit(True)) for moment in moments]
    return windowed.filter(pl.any_horizontal(passed))


def _changed(revisions: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Revisions whose content differs from what was told last."""
    last = told.select("signal_id", pl.col("content_hash").alias("last"))
    compared = revisions.join(last, on="signal_id", how="left", maintain_order="left")
    return compared.filter(pl.col("last").ne_missing(pl.col("content_hash"))).drop("last")


def _noted(told: pl.DataFrame, changed: pl.DataFrame) -> pl.DataFrame:
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
