"""One desk into the recall of planted bursts and drips, per way of judging and kind of count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from benchmarks.volume_models import forest, plant
from benchmarks.volume_models.arrays import Floats
from benchmarks.volume_models.desk import Desk, dispersion
from benchmarks.volume_models.engine import caught, flagged
from benchmarks.volume_models.history import of_all, with_known
from benchmarks.volume_models.models import MODELS, WITHOUT_WORKLOAD, Score, with_floor
from benchmarks.volume_models.recall import allowed, recall
from services.core.errors import InputError
from services.detector.thresholds import VolumeSettings

BUDGETS = (1, 5)
"""False signals per 1,000 employees a week."""
ALL, UNEXPLAINED = "all", "unexplained"
COUNTS = {ALL: "workload", UNEXPLAINED: "unexplained"}
FOREST, DRIP = "isolation forest", "drip"
SHIPPED = VolumeSettings().false_discovery_rate
OTHER_LEVELS = (0.05, 0.2)
LEAST_WARM_UP = timedelta(days=28)


@dataclass(frozen=True)
class Plan:
    """What is planted: sizes of bursts in persons, how many of each, how many drips, and the seed."""

    bursts: Sequence[int]
    plantings: int
    drips: int
    seed: int
    least_persons: int
    """Days with fewer persons are never a signal, by any way of judging."""


@dataclass(frozen=True)
class Figure:
    """A recall, and the number of plantings that it is a share of."""

    kind: str
    model: str
    planted: str
    budget: int
    recall: float
    number: int


@dataclass(frozen=True)
class Level:
    """What the engine does at a level of its false-discovery control."""

    rate: float
    flagged: int
    """Honest days that it flags."""
    caught: Mapping[str, float]
    """Recall of each size of burst."""


@dataclass(frozen=True)
class Measured:
    """A desk's size, and what was found on it."""

    name: str
    employees: int
    judged_days: int
    employee_weeks: int
    weeks: int
    mean: Mapping[str, float]
    dispersion: Mapping[str, float]
    explained_by_chance: float
    high: int
    """Honest days with enough unexplained persons to be a signal at all."""
    levels: tuple[Level, ...]
    removed: int
    figures: tuple[Figure, ...]


def measure(desk: Desk, plan: Plan) -> Measured:
    """Plants on the desk and judges every day, with and without the planted persons.

    Raises InputError if no day is left after the warm-up, or the desk has too few persons to plant.
    """
    _refuse_small(desk, plan)
    chance = np.random.default_rng(plan.seed)
    judged = _judged(desk)
    weeks = judged.select("employee", pl.col("day").dt.truncate("1w")).n_unique()
    busy = judged.filter(pl.col("workload") > 0)
    bursts = plant.planted(desk, plant.bursts(busy, plan.plantings, chance), max(plan.bursts), chance)
    drips = plant.planted(desk, plant.drips(busy, plan.drips, chance), plant.DRIP_PERSONS, chance)
    return Measured(
        name=desk.name,
        employees=judged["employee"].n_unique(),
        judged_days=judged.height,
        employee_weeks=weeks,
        weeks=judged["day"].dt.truncate("1w").n_unique(),
        mean={kind: float(judged[name].to_numpy().mean()) for kind, name in COUNTS.items()},
        dispersion={kind: dispersion(judged, name) for kind, name in COUNTS.items()},
        explained_by_chance=1 - bursts.unexplained.height / max(bursts.persons.height, 1),
        high=judged.filter(pl.col("unexplained") >= plan.least_persons).height,
        levels=tuple(_level(desk, judged, plan, bursts, rate) for rate in sorted({SHIPPED, *OTHER_LEVELS})),
        removed=desk.removed,
        figures=tuple(f for kind in COUNTS for f in _figures(desk, kind, judged, plan, bursts, drips, weeks)),
    )


def _level(desk: Desk, judged: pl.DataFrame, plan: Plan, bursts: plant.Planted, rate: float) -> Level:
    settings = desk.pipeline.settings.volume.model_copy(update={"false_discovery_rate": rate})
    known = with_known(desk.days, settings)
    sown = {f"+{size}": bursts.on(known, size, unexplained=True) for size in plan.bursts}
    shares = {planted: caught(known, rows, settings) for planted, rows in sown.items()}
    return Level(rate, flagged(desk.days, judged, settings), shares)


def _refuse_small(desk: Desk, plan: Plan) -> None:
    persons, each = desk.lookups["subject"].drop_nulls().n_unique(), max(plan.bursts)
    if persons < each:
        raise InputError(f"{desk.name}: holds {persons} persons, too few to plant a burst of {each}")


def _judged(desk: Desk) -> pl.DataFrame:
    """The real days that are judged: enough own history, and from a month that the forest has days to train on."""
    settings = desk.pipeline.settings.volume
    known = with_known(desk.days, settings)
    earlier = known.sort("day").with_row_index("earlier")
    months = earlier.group_by(pl.col("day").dt.month_start().alias("month")).agg(pl.col("earlier").min())
    warm = pl.lit(known["day"].min()) + LEAST_WARM_UP
    ready = months.filter((pl.col("earlier") >= forest.LEAST_DAYS) & (pl.col("month") >= warm))
    enough = pl.col("history_days") >= settings.min_history_days
    judged = known.filter(enough & (pl.col("day") >= ready["month"].min()))
    if judged.is_empty():
        raise InputError(f"{desk.name}: no day is left after the warm-up; needs two months of lookups or more")
    return desk.days.join(judged, on=["employee", "day"], how="semi").sort("employee", "day")


def _figures(
    desk: Desk,
    kind: str,
    judged: pl.DataFrame,
    plan: Plan,
    bursts: plant.Planted,
    drips: plant.Planted,
    weeks: int,
) -> Iterator[Figure]:
    days = of_all(desk.days) if kind == ALL else desk.days
    known = with_known(days, desk.pipeline.settings.volume)
    sown = {f"+{size}": bursts.on(known, size, unexplained=kind == UNEXPLAINED) for size in plan.bursts}
    sown[DRIP] = plant.dripping(known, days, drips, desk.pipeline.settings.volume, unexplained=kind == UNEXPLAINED)
    clean = known.join(judged, on=["employee", "day"], how="semi")
    for name, score in _models(known, kind, plan).items():
        honest = score(clean)
        for planted, rows in sown.items():
            best = _best(rows, score(rows))
            for budget in BUDGETS:
                yield Figure(kind, name, planted, budget, recall(honest, best, allowed(budget, weeks)), best.size)


def _models(known: pl.DataFrame, kind: str, plan: Plan) -> dict[str, Score]:
    models = {name: score for name, score in MODELS.items() if kind == UNEXPLAINED or name != WITHOUT_WORKLOAD}
    if forest.is_installed():
        models[FOREST] = forest.Forest(known, plan.seed).score
    return {name: with_floor(score, plan.least_persons) for name, score in models.items()}


def _best(rows: pl.DataFrame, scores: Floats) -> Floats:
    """The highest score of each planting: one day that stands out is enough to find it."""
    scored = rows.select("planting").with_columns(pl.Series("score", scores))
    return scored.group_by("planting").max()["score"].to_numpy()
