"""Two states into the revisions between them: which signals changed, and which no longer exist."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from services.detector.group import MOMENTS, by_window
from services.detector.revise import Reviser
from services.detector.rules import OF_DAYS
from services.detector.state.tables import State


@dataclass(frozen=True)
class News:
    """What a step took in: who was looked at or judged again, by whom, and ids whose content was taken back."""

    subjects: pl.Series
    employees: pl.Series
    taken_back: pl.Series
    judged_again: bool


def tell(before: State, state: State, news: News, reviser: Reviser) -> tuple[State, pl.DataFrame]:
    """The state with its ledger of told revisions, and the revisions (REVISION schema) of this step."""
    moment = state.progress.watermark or state.progress.first_seen
    if moment is None:
        return state, reviser.revisions([], state.pushed)
    windowed = by_window(state.contributions, state.volume_days)
    affected = _affected(before, state, windowed, news)
    revisions = reviser.revisions(reviser.scored(affected, windowed, state.volume_days, moment), state.pushed)
    changed = _changed(revisions, state.told)
    state = replace(state, told=_noted(state.told, changed))
    void = _void(before, state, windowed, news, reviser, moment)
    kept = state.told.join(void, on="signal_id", how="anti")
    return replace(state, told=kept), pl.concat([changed, void])


def _affected(before: State, state: State, windowed: pl.DataFrame, news: News) -> pl.DataFrame:
    """Contributions to signals that this step may have changed."""
    if state.pushed.height != before.pushed.height:
        return windowed
    crossed = _crossed(windowed, before.progress.watermark, state.progress.watermark)
    taken_back = before.contributions.filter(pl.col("lookup_id").is_in(news.taken_back.implode()))
    subjects = pl.concat([crossed["subject"], news.subjects, taken_back["subject"]]).drop_nulls().unique()
    concerned = pl.col("subject").is_in(subjects.implode())
    touched = (windowed.filter(concerned), crossed, taken_back)
    crowds = pl.concat([news.employees, *(rows["employee"] for rows in touched)]).unique()
    judged = not state.volume_days.equals(before.volume_days)
    crowd = pl.col("family").is_in(OF_DAYS) & (pl.lit(judged) | pl.col("employee").is_in(crowds.implode()))
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


def _void(
    before: State, state: State, windowed: pl.DataFrame, news: News, reviser: Reviser, moment: datetime
) -> pl.DataFrame:
    """Withdrawals of told signals for which late or corrected input left nothing at all."""
    recomputed = news.judged_again or not news.taken_back.is_empty()
    reopened = before.volume_days.join(state.volume_days, on=["family", "employee", "day"], how="anti")
    if not recomputed and reopened.is_empty():
        return reviser.revisions([], state.pushed)
    standing = reviser.scored(windowed, windowed, state.volume_days, moment)
    alive = pl.concat([pl.Series([], dtype=pl.String), *(part.signals["signal_id"] for part in standing)])
    gone = state.told.filter(~pl.col("signal_id").is_in(alive.implode()))
    if gone.is_empty():
        return reviser.revisions([], state.pushed)
    earlier = by_window(before.contributions, before.volume_days)
    was = before.progress.watermark or moment
    last = reviser.revisions(reviser.scored(earlier, earlier, before.volume_days, was), before.pushed)
    return reviser.withdrawn(last.join(gone, on="signal_id", how="semi"), "recomputed", moment)
