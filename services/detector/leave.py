"""Moments and employees into whether these were on leave or otherwise away, by the register of absences."""

from __future__ import annotations

import polars as pl

from services.core.contract import INSTANT
from services.detector.register_index import Index
from services.detector.registers import Registers


def away(asked: pl.DataFrame, registers: Registers, employee: str) -> pl.Series:
    """Since when the register says that the employee in a column was away at `at` (null: it does not): `away_known`.

    One value per row, in order; without a register all null.
    """
    if registers.absences is None or asked.is_empty():
        return pl.Series("away_known", [None] * asked.height, INSTANT)
    rows = asked.select(pl.col(employee).alias("employee"), "at").with_row_index("place")
    known = _covering(rows, registers.absences).group_by("place").agg(pl.col("known_from").min().alias("away_known"))
    return rows.join(known, on="place", how="left", maintain_order="left")["away_known"]


def _covering(rows: pl.DataFrame, absences: Index) -> pl.DataFrame:
    periods = absences.rows(rows["employee"])
    ended = pl.col("valid_to").is_not_null() & (pl.col("valid_to") <= pl.col("at"))
    return rows.join(periods, on="employee").filter((pl.col("valid_from") <= pl.col("at")) & ~ended)
