"""The same lookups delivered in other ways: shuffled within the lateness, doubled, cut anywhere, with crashes."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from services.core.contract import LOOKUP
from services.detector.pipeline import Pipeline, Slice
from services.detector.registers import Registers
from tests.world import Run, World, frame, registers_of

NOBODY = pl.Series("employee", [], dtype=pl.Int64)
LATENESS = timedelta(minutes=60)


@dataclass(frozen=True)
class Delivery:
    """How a stream delivers."""

    seed: int
    slices: int = 5
    very_late: float = 0.0
    """Share of lookups that come days after the lateness."""
    registers_arrive: bool = False
    """Case links reach the detector only when they are registered."""


def deliver(world: World, delivery: Delivery, pipeline: Pipeline) -> Run:
    """Runs the engine over the delivery; the last slice closes the input."""
    rng = np.random.default_rng(delivery.seed)
    run = Run(pipeline)
    encoded, numbers = pipeline.encoder.with_numbers(frame(LOOKUP, world.lookups))
    lookups = _arrivals(encoded, rng, delivery)
    cuts = np.sort(rng.integers(0, lookups.height + 1, delivery.slices - 1))
    edges = [0, *cuts.tolist(), lookups.height]
    whole = registers_of(world, pipeline)
    for start, end in itertools.pairwise(edges):
        piece = lookups[start:end]
        closed = end == lookups.height and start == edges[-2]
        arrived = lookups[:end]["at"].max()
        registers = registers_of(world, pipeline, arrived) if delivery.registers_arrive and not closed else whole
        who, whom = _changed(whole) if delivery.registers_arrive else (NOBODY, NOBODY)
        digits = numbers.join(piece, on="subject", how="semi")  # those of earlier slices are not at hand any more
        news = Slice(piece, closed=closed, changed_employees=who, changed_subjects=whom, numbers=digits)
        run.feed(news, registers)
        if rng.random() < 0.5:
            run.crash_and_resume()
            run.feed(news, registers)  # read again after the crash
    return run


def _changed(registers: Registers) -> tuple[pl.Series, pl.Series]:
    """Whose rows may have come since the slice before."""
    optional = [index.frame["employee"] for index in (registers.statements, registers.absences) if index]
    links = [index.frame["subject"] for index in (registers.links, registers.derived) if index]
    return pl.concat([NOBODY, *optional]).unique(), pl.concat(links).unique()


def _arrivals(lookups: pl.DataFrame, rng: np.random.Generator, delivery: Delivery) -> pl.DataFrame:
    """In order of arrival: jitter below the lateness, some twice, some days late."""
    doubled = pl.concat([lookups, lookups.sample(fraction=0.15, seed=delivery.seed)])
    jitter = rng.integers(0, int(LATENESS.total_seconds()), doubled.height)
    days_late = np.where(rng.random(doubled.height) < delivery.very_late, rng.integers(1, 12, doubled.height), 0)
    delay = pl.Series(jitter * 1_000_000 + days_late * 86_400_000_000).cast(pl.Duration("us"))
    return doubled.with_columns((pl.col("at") + delay).alias("arrived")).sort("arrived").drop("arrived")
