"""Two states into the revisions between them: which signals changed, and which no longer exist."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import polars as pl

from services.detector.group import MOMENTS, by_window
from services.detector.revise import Reviser
from services.detector.rules import BURST, MANY_PERSONS
from services.detector.state.tables import State


def tell(before: State, state: State, reviser: Reviser) -> tuple[State, pl.DataFrame]:
    """The state with its ledger of told revisions, and the revisions (REVISION schema) of this step."""
    moment = state.progress.watermark or state.progress.first_seen
    if moment is None:
        return state, reviser.revisions([], state.pushed)
    windowed = by_window(state.contributions, state.volume_days)
    fresh, gone = _differences(before.contributions, state.contributions)
    affected = _affected(before, state, windowed, pl.concat([fresh, gone]))
    revisions = reviser.revisions(reviser.scored(affected, windowed, state.volume_days, moment), state.pushed)
    changed = _changed(revisions, state.told)
    state = replace(state, told=_noted(state.told, changed))
    reopened = before.volume_days.join(state.volume_days, on=["employee", "day"], how="anti")
    if gone.is_empty() and reopened.is_empty():
        return state, changed
    void = _void(before, state, windowed, reviser, moment)
    kept = state.told.join(void, on="signal_id", how="anti")
    return replace(state, told=kept), pl.concat([changed, void])


def _differences(before: pl.DataFrame, after: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Contributions that are new, and those that are there no more; one that changed is both."""
    was, now = before.hash_rows(), after.hash_rows()
    return after.filter(~now.is_in(was.implode())), before.filter(~was.is_in(now.implode()))


def _affected(before: State, state: State, windowed: pl.DataFrame, different: pl.DataFrame) -> pl.DataFrame:
    """Contributions to signals that this step may have changed."""
    if state.pushed.height != before.pushed.height:
        return windowed
    crossed = _crossed(windowed, before.progress.watermark, state.progress.watermark)
    subjects = pl.concat([crossed["subject"], different["subject"]]).drop_nulls().unique()
    concerned = pl.col("subject").is_in(subjects.implode())
    crowds = pl.concat([windowed.filter(concerned)["viewer"], different["employee"].rename("viewer")]).unique()
    judged = not state.volume_days.equals(before.volume_days)
    crowd = pl.col("family").is_in(MANY_PERSONS) & (pl.lit(judged) | pl.col("employee").is_in(crowds.implode()))
    return windowed.filter(pl.col("about").is_in(subjects.implode()) | crowd)


def _crossed(windowed: pl.DataFrame, before: datetime | None, after: datetime | None) -> pl.DataFrame:
    """Contributions that began, ended or got a case link between two watermarks."""
    if after is None:
        return windowed.clear()
    moments = [pl.col(name) for name in MOMENTS]
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


def _void(before: State, state: State, windowed: pl.DataFrame, reviser: Reviser, moment: datetime) -> pl.DataFrame:
    """Withdrawals of told signals for which late or corrected input left nothing at all."""
    standing = reviser.scored(windowed, windowed, state.volume_days, moment)
    alive = pl.concat([pl.Series([], dtype=pl.String), *(part.signals["signal_id"] for part in standing)])
    gone = state.told.filter(~pl.col("signal_id").is_in(alive.implode()))
    if gone.is_empty():
        return reviser.revisions([], state.pushed)
    earlier = by_window(before.contributions, before.volume_days)
    was = before.progress.watermark or moment
    last = reviser.revisions(reviser.scored(earlier, earlier, before.volume_days, was), before.pushed)
    void = last.join(gone, on="signal_id", how="semi")
    bursts = reviser.revisions([part for part in standing if part.rule.family == BURST], state.pushed)
    merged = (pl.col("family") == BURST) & pl.col("subject").is_in(bursts["subject"].implode())
    return pl.concat(
        [
            reviser.withdrawn(void.filter(~merged), "recomputed", moment),
            reviser.withdrawn(void.filter(merged), "merged", moment),
        ]
    ).sort("signal_id")
