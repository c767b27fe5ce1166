"""The state's scored days into the rows of shadow.parquet and the files of models/, and into the detector's metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from services.core.pseudonyms import Pseudonymiser
from services.detector.forest.days import DAY_KEY, employee_days
from services.detector.forest.reasons import REASON, with_reasons
from services.detector.forest.stage import THOUSAND
from services.detector.metrics import DetectorMetrics
from services.detector.state.tables import State
from services.detector.whole import whole

SHADOW_FILE, MODELS = "shadow.parquet", "models"

SHADOW = pl.Schema(
    {
        "employee_id": pl.String(),
        "day": pl.Date(),
        "model": pl.String(),
        "model_hash": pl.String(),
        "score": pl.Float64(),
        "rank": pl.Int64(),
        "reasons": pl.List(REASON),
    }
)
"""Per employee (pseudonym, as in the signals) and local day: the month of the forest and the SHA-256 of its file, the
score from 0 to 1, its place among the scores of that day (1 is the highest), and reasons."""


@dataclass(frozen=True)
class Shadow:
    """What the forests say of a history, and the forests themselves by file name."""

    days: pl.DataFrame
    models: Mapping[str, bytes]


def shadow_of(state: State, checks: pl.DataFrame, pseudonyms: Pseudonymiser) -> Shadow:
    """The scored days of a state; `checks` has employee and employee_check of everybody who looked."""
    hashes = state.forests.select("month", pl.col("hash").alias("model_hash"))
    names = _named(state.strange_days.select("employee").unique().join(checks.unique(), on="employee"), pseudonyms)
    told = with_reasons(state.strange_days, employee_days(state)).join(hashes, on="month").join(names, on="employee")
    days = told.select(
        "employee_id",
        "day",
        pl.col("month").dt.strftime("%Y-%m").alias("model"),
        "model_hash",
        (pl.col("score") / THOUSAND).alias("score"),
        "rank",
        "reasons",
    )
    models = {
        f"forest-{month:%Y-%m}-{digest[:12]}.json": document
        for month, digest, document in state.forests.select("month", "hash", "artefact").iter_rows()
    }
    return Shadow(days.cast(SHADOW).sort("day", "rank", "employee_id"), models)


def _named(checks: pl.DataFrame, pseudonyms: Pseudonymiser) -> pl.DataFrame:
    texts = [pseudonyms.text(key, check) for key, check in checks.select("employee", "employee_check").iter_rows()]
    return checks.select("employee", pl.Series("employee_id", texts, pl.String))


def write_models(models: Mapping[str, bytes], out: Path) -> None:
    """Writes each forest under models/; its name has its hash, so that runs share them. Raises OSError."""
    for name, document in models.items():
        (out / MODELS).mkdir(exist_ok=True)
        with whole(out / MODELS, name) as (path,):
            path.write_bytes(document)


def show_shadow(metrics: DetectorMetrics, before: State, state: State) -> None:
    """Counts the days that were scored, or scored anew, in one committed step."""
    if state.strange_days is before.strange_days:
        return
    fresh = state.strange_days.join(before.strange_days, on=[*DAY_KEY, "score"], how="anti")
    for score in fresh["score"]:
        metrics.shadow_score.observe(score / THOUSAND)
