"""Judged lookups into contributions of who used a system without the statement of confidentiality that it needs.

Of each employee, system and local day one lookup counts, the first: a register that lost its rows must not fill the
state. Which one is first can change when an earlier lookup arrives, so the first is taken of old and new together.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from services.core.contract import INSTANT
from services.detector.register_index import Index
from services.detector.registers import Registers
from services.detector.rules import STATEMENTS
from services.detector.state.tables import bucket_of

STATEMENT = "statement"
"""What ends a contribution of this family: a statement was registered after all."""
DAY = ["employee", "system", "day"]
ONE_OF = [*DAY, "counts_until"]
"""Of lookups that count for the same time the first is kept."""
ASKED = ["at", "employee", "system", "grace_end", "record_count", "viewer_known_from"]
"""What the register of statements is asked of a lookup."""


def without_statement(judged: pl.DataFrame, registers: Registers, systems: Collection[str]) -> pl.DataFrame:
    """The columns of `judged` with counts_from and counts_until, a row per first lookup that had no statement.

    There is grace for the register; a statement that covers the moment ends it when it is registered. Nothing without
    the register; who was not in the register of employees then is left out, and so is what showed no data. Where there
    is no such lookup, there are no such columns either.
    """
    unsigned = _unsigned(judged, registers.statements, systems)
    if unsigned.is_empty():
        return unsigned
    return (
        unsigned.with_columns(
            bucket_of(pl.col("day")),
            pl.lit(STATEMENTS).alias("family"),
            pl.lit(None, INSTANT).alias("linked_at"),
            pl.when(pl.col("signed").is_not_null()).then(pl.lit(STATEMENT)).alias("explanation"),
            pl.col("grace_end").alias("counts_from"),
            pl.col("signed").alias("counts_until"),
        )
        .drop("signed")
        .sort("at", "lookup_id")
        .unique(ONE_OF, keep="first", maintain_order=True)
    )


def firsts(standing: pl.DataFrame, fresh: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Standing and fresh contributions without those of the family that are not the first of their day."""
    news = fresh.filter(pl.col("family") == STATEMENTS)
    if news.is_empty():
        return standing, fresh
    of_days = standing.filter(pl.col("family") == STATEMENTS).join(news, on=DAY, how="semi")
    both = pl.concat([of_days, news]).select(*ONE_OF, "at", "lookup_id").sort("at", "lookup_id")
    kept = both.unique(ONE_OF, keep="first", maintain_order=True)["lookup_id"]
    gone = of_days.filter(~pl.col("lookup_id").is_in(kept.implode()))["lookup_id"]
    return _without(standing, gone), _without(
        fresh, news.filter(~pl.col("lookup_id").is_in(kept.implode()))["lookup_id"]
    )


def bereft(standing: pl.DataFrame, taken_back: pl.DataFrame) -> pl.DataFrame:
    """Days (employee, day) whose first lookup is taken back: another lookup of that day may be the first now."""
    if taken_back.is_empty():
        return taken_back[["employee", "day"]]
    of_family = standing.filter(pl.col("family") == STATEMENTS).select("lookup_id", "employee", "day")
    return of_family.join(taken_back, on="lookup_id", how="semi").select("employee", "day").unique()


def _without(contributions: pl.DataFrame, gone: pl.Series) -> pl.DataFrame:
    if gone.is_empty():
        return contributions
    return contributions.filter((pl.col("family") != STATEMENTS) | ~pl.col("lookup_id").is_in(gone.implode()))


def _unsigned(judged: pl.DataFrame, statements: Index | None, systems: Collection[str]) -> pl.DataFrame:
    """The lookups for which no statement was known when grace ended, with `signed`: when one was later, or null."""
    if statements is None:
        return judged.clear()
    shown = (pl.col("record_count") > 0) & pl.col("viewer_known_from").is_not_null()
    asked = judged[ASKED]  # most have a statement, so few columns go through the register
    rows = asked.with_row_index("place").filter(pl.col("system").is_in(systems) & shown)
    periods = rows.join(statements.rows(rows["employee"]), on=["employee", "system"])
    ended = pl.col("valid_to").is_not_null() & (pl.col("valid_to") <= pl.col("at"))
    covering = periods.filter((pl.col("valid_from") <= pl.col("at")) & ~ended)
    known = covering.group_by("place").agg(pl.col("known_from").min().alias("signed"))
    signed = rows.join(known, on="place", how="left", maintain_order="left")
    too_late = signed.filter(signed["signed"].is_null() | (signed["signed"] > signed["grace_end"]))
    if too_late.is_empty():
        return judged.clear()
    return judged[too_late["place"]].with_columns(too_late["signed"])
