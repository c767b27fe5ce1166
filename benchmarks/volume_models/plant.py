"""Days at work into days with planted persons: bursts on one day, and a slow drip over many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from benchmarks.volume_models.desk import PERSON, Desk
from benchmarks.volume_models.history import known_again
from services.detector.thresholds import VolumeSettings

DRIP_PERSONS, DRIP_DAYS = 3, 15
SCHEMA = {"employee": pl.Int64, "day": pl.Date, "planting": pl.Int64}


@dataclass(frozen=True)
class Planted:
    """Plantings of one sort: their days (SCHEMA), their persons, and those whom nothing explains in time.

    Persons are rows of planting, day and order (0, 1, ...): a smaller burst is the first of a larger one.
    """

    days: pl.DataFrame
    persons: pl.DataFrame
    unexplained: pl.DataFrame

    def on(self, rows: pl.DataFrame, each: int, *, unexplained: bool) -> pl.DataFrame:
        """A row per planted day: the real day of `rows` with `each` more persons.

        All of them count, or with `unexplained` those whom nothing explains.
        """
        seen = (self.unexplained if unexplained else self.persons).filter(pl.col("order") < each)
        new = seen.group_by("planting", "day").agg(pl.len().cast(pl.Int64).alias("new"))
        days = self.days.join(rows, on=["employee", "day"], how="inner", maintain_order="left")
        return days.join(new, on=["planting", "day"], how="left", maintain_order="left").with_columns(
            pl.col("workload") + each, pl.col("unexplained") + pl.col("new").fill_null(0)
        )

    def only(self, planting: int) -> Planted:
        """This planting alone."""
        chosen = pl.col("planting") == planting
        return Planted(*(frame.filter(chosen) for frame in (self.days, self.persons, self.unexplained)))


def bursts(days: pl.DataFrame, number: int, chance: np.random.Generator) -> pl.DataFrame:
    """SCHEMA: a random day at work of a random employee each, with replacement."""
    drawn = [
        (one["employee"][0], one["day"][int(chance.integers(one.height))], planting)
        for planting, one in enumerate(_random_employees(days, number, chance))
    ]
    return pl.DataFrame(drawn, schema=SCHEMA, orient="row")


def drips(days: pl.DataFrame, number: int, chance: np.random.Generator) -> pl.DataFrame:
    """SCHEMA: DRIP_DAYS days at work in a row of a random employee who has that many; none if nobody has."""
    enough = days.filter(pl.len().over("employee") >= DRIP_DAYS)
    drawn = []
    for planting, one in enumerate(_random_employees(enough, number, chance)):
        start = int(chance.integers(one.height - DRIP_DAYS + 1))
        drawn += [(one["employee"][0], day, planting) for day in one["day"][start : start + DRIP_DAYS]]
    return pl.DataFrame(drawn, schema=SCHEMA, orient="row")


def _random_employees(days: pl.DataFrame, number: int, chance: np.random.Generator) -> Iterator[pl.DataFrame]:
    everyone = days.sort("employee", "day").partition_by("employee", maintain_order=True)
    return (everyone[chance.integers(len(everyone))] for _ in range(number if everyone else 0))


def planted(desk: Desk, days: pl.DataFrame, each: int, chance: np.random.Generator) -> Planted:
    """Plants `each` random persons on these days, and asks the engine whom of them it would explain."""
    lookups = _lookups(desk.lookups, days, each, chance)
    return Planted(days, lookups.select("planting", "day", "order"), desk.unexplained(lookups))


def _lookups(lookups: pl.DataFrame, days: pl.DataFrame, each: int, chance: np.random.Generator) -> pl.DataFrame:
    """Copies of a real lookup of the planted day, with other persons: any of whom the desk ever opened a file.

    LOOKUPS columns, planting and order.
    """
    real = lookups.filter(pl.col("subject").is_not_null())
    first = real.group_by("employee", "day", maintain_order=True).first()
    rows = days.join(first, on=["employee", "day"], how="inner", maintain_order="left")
    rows = rows.join(pl.DataFrame({"order": range(each)}), how="cross", maintain_order="left_right")
    everybody = real.select(PERSON).unique("subject").sort("subject")
    drawn = [chance.choice(everybody.height, size=each, replace=False) for _ in range(rows.height // each)]
    others = everybody[np.concatenate([np.empty(0, np.int64), *drawn])]
    ids = pl.format("planted-{}", pl.int_range(pl.len())).alias("lookup_id")
    return rows.with_columns(ids).drop(PERSON).hstack(others)


def dripping(
    known: pl.DataFrame, days: pl.DataFrame, sown: Planted, settings: VolumeSettings, *, unexplained: bool
) -> pl.DataFrame:
    """The days of each drip, planted alone, with what was known before them: that holds the drip's earlier days."""
    runs = [sown.days.clear().join(known, on=["employee", "day"])]
    for planting in sown.days["planting"].unique().sort():
        one = sown.only(planting)
        wet = one.on(days, DRIP_PERSONS, unexplained=unexplained).select(days.columns)
        changed = pl.concat([days.join(wet, on=["employee", "day"], how="anti"), wet])
        again = known_again(known, changed, wet["employee"][0], settings)
        runs.append(one.days.join(again, on=["employee", "day"], how="inner", maintain_order="left"))
    return pl.concat(runs)
