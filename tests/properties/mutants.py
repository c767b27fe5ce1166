"""Wrong engines: each breaks the law of slices in one of the ways in which a stream is easily got wrong."""

from __future__ import annotations

import itertools

import polars as pl

from services.core.clock import SystemClock
from services.detector.pipeline import Pipeline
from services.detector.registers import Registers


class GraceEndsWithTheSlice(Pipeline):
    """Uses a slice's edge: grace is over when the slice is."""

    def judge(self, lookups: pl.DataFrame, registers: Registers) -> pl.DataFrame:
        judged = super().judge(lookups, registers)
        return judged.with_columns(pl.col("at").max().alias("grace_end"))


class FirstComeFirstServed(Pipeline):
    """Uses the order of arrival: within a slice, each employee's first look at a person is taken as explained."""

    def judge(self, lookups: pl.DataFrame, registers: Registers) -> pl.DataFrame:
        judged = super().judge(lookups, registers)
        arrival = lookups.with_row_index("arrival").select("lookup_id", "arrival")
        ordered = judged.join(arrival, on="lookup_id", how="left", maintain_order="left")
        first = pl.col("arrival") == pl.col("arrival").min().over("employee", "subject")
        return ordered.with_columns(pl.when(first).then("at").otherwise("explained_at").alias("explained_at")).drop(
            "arrival"
        )


class AsksTheClock(Pipeline):
    """Uses the wall clock: a lookup counts from when it was processed."""

    _ticks = itertools.count()

    def judge(self, lookups: pl.DataFrame, registers: Registers) -> pl.DataFrame:
        judged = super().judge(lookups, registers)
        return judged.with_columns(pl.lit(SystemClock().now()).dt.cast_time_unit("us").alias("grace_end"))


MUTANTS = (GraceEndsWithTheSlice, FirstComeFirstServed, AsksTheClock)
