"""Decided days into forests, one per local month, and the days' scores: a stage of the engine beside the signals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from services.detector.forest.artefact import from_bytes, hash_of, to_bytes
from services.detector.forest.days import (
    DAY_KEY,
    digest,
    employee_days,
    first_change,
    in_fixed_order,
    matrix,
    month,
)
from services.detector.forest.scoring import scores
from services.detector.rules import VOLUME
from services.detector.state.schemas import FORESTS, STRANGE_DAYS
from services.detector.state.tables import State, bucket_of
from services.detector.thresholds import ForestSettings

THOUSAND = 1000


class ForestStage:
    """Trains at the first decided day of a month, on all months before it; again where late news changes these."""

    def __init__(self, settings: ForestSettings) -> None:
        self._settings = settings

    def run(self, before: State, state: State) -> State:
        """The state with every decided day scored that has a forest.

        What is there after a step follows from the decided days alone, whatever the slices in which they came.
        """
        if not self._settings.enabled or state.features is before.features:
            return state
        days = employee_days(state)
        changed = first_change(employee_days(before), days)
        if changed is None:
            return state
        since = changed.replace(day=1)
        kept = state.strange_days.filter(month() < since)
        forests = state.forests.filter(pl.col("month") < since)
        stored = {row["month"]: row for row in state.forests.iter_rows(named=True)}
        for each in days.filter(month() >= since).select(month().unique().sort())["day"]:
            earlier = days.filter(pl.col("day") < each)
            if earlier.height < self._settings.min_days:
                continue
            row = self._forest(each, earlier, stored.get(each))
            forests = pl.concat([forests, pl.DataFrame([row], schema=FORESTS, orient="row")])
            kept = pl.concat([kept, self._scored(days.filter(month() == each), row)])
        return replace(state, forests=forests.sort("month"), strange_days=kept.sort("day", "employee"))

    def _forest(self, first: date, earlier: pl.DataFrame, stored: dict[str, Any] | None) -> dict[str, Any]:
        """The stored row where the same days led to it, else a new one."""
        if stored is not None and stored["training"] == digest(in_fixed_order(earlier)):
            return stored
        from services.detector.forest.training import train  # noqa: PLC0415 - scikit-learn takes a second to import

        forest = train(first, earlier, self._settings)
        document = to_bytes(forest)
        return {
            "month": first,
            "training": forest.training,
            "hash": hash_of(document),
            "artefact": document,
            "bucket": (first - date(1970, 1, 1)).days,
        }

    def _scored(self, days: pl.DataFrame, row: dict[str, Any]) -> pl.DataFrame:
        """Frame of STRANGE_DAYS of one month's employee-days."""
        found = scores(from_bytes(row["artefact"], row["hash"]), matrix(days))
        scored = days.select(
            *DAY_KEY,
            month().alias("month"),
            (pl.Series("score", found) * THOUSAND).round().cast(pl.Int64),
            pl.lit(self._settings.counts).alias("counts"),
            bucket_of(pl.col("day")),
        )
        rank = pl.col("score").rank("min", descending=True).over("day").cast(pl.Int64)
        return scored.with_columns(rank.alias("rank")).select(list(STRANGE_DAYS))


def with_strangeness(state: State) -> pl.DataFrame:
    """The days that stand out (VOLUME_DAYS) with `strangeness`: the day's score, in thousandths, where it counts.

    It adds to signals about persons without explanation on one day, and makes none.
    """
    if not state.strange_days["counts"].any():
        return state.volume_days.with_columns(pl.lit(None, pl.Int64).alias("strangeness"))
    counted = state.strange_days.filter("counts").select(
        *DAY_KEY, pl.lit(VOLUME).alias("family"), pl.col("score").alias("strangeness")
    )
    return state.volume_days.join(counted, on=["family", *DAY_KEY], how="left", maintain_order="left")
