"""Reads of signals into why each was fine, and into what they count for against their readers."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from services.core.contract import DATA_CATEGORIES, INSTANT
from services.detector.enrich import enrich
from services.detector.explain.base import Explanation
from services.detector.readers.interest import with_interest
from services.detector.registers import Registers
from services.detector.rules import INTEREST, NOT_ASSIGNED, REVEALS
from services.detector.state.schemas import CONTRIBUTIONS
from services.detector.state.tables import bucket_of, that_count

IDENTITY = 1 << DATA_CATEGORIES.index("identity")
OPENED = ((pl.col("categories") & IDENTITY) > 0) & pl.col("subject").is_not_null()
"""An identity was opened in the clear."""
UNMASKED = OPENED | ((pl.col("action") == "search") & pl.col("subject").is_not_null())
"""A name and a pseudonym were tied together: an identity was opened, or a known person was searched for."""
UNTOLD: dict[str, bool | None] = {
    **dict.fromkeys(("same_team", "handler", "anyone_had_case", "team_had_case", "dormant", "on_leave"), False),
    **dict.fromkeys(("in_street", "staff_kind", "retroactive_at", "claim_known_at", "claim_worked_at"), None),
    **dict.fromkeys(("reported_at", "excused_at", "excuse", "excuse_strength"), None),
    **dict.fromkeys(("claimed_case", "reason_text"), None),
    "break_glass": False,
}
"""Columns of CONTRIBUTIONS that say something of work only."""


def judged_reads(reads: pl.DataFrame, registers: Registers, explanations: Sequence[Explanation]) -> pl.DataFrame:
    """Encoded reads with reader, interest, explanation and family: the columns of RECENT and JUDGED, and more.

    There is no grace: what makes a read somebody's work is known when it happens.
    """
    seen = with_interest(enrich(reads, registers), registers)
    why = [pl.when(each.applies.fill_null(value=False)) for each in explanations]
    names = [case.then(pl.lit(each.id)) for case, each in zip(why, explanations, strict=True)]
    strengths = [case.then(each.strength.cast(pl.Int32)) for case, each in zip(why, explanations, strict=True)]
    told = seen.with_columns(
        pl.coalesce(*names).alias("explanation"),
        pl.coalesce(*strengths).alias("strength"),
        pl.when(pl.col("relation").is_not_null())
        .then(pl.lit(INTEREST))
        .otherwise(pl.lit(NOT_ASSIGNED))
        .alias("family"),
        pl.col("at").alias("grace_end"),
        pl.lit(value=False).alias("handler"),
    )
    return told.with_columns(
        pl.when(pl.col("explanation").is_not_null()).then("at").alias("explained_at"),
        pl.when(pl.col("claimed_case").is_not_null()).then("at").alias("linked_at"),
    )


def reader_contributions(judged: pl.DataFrame) -> pl.DataFrame:
    """Frame of CONTRIBUTIONS: reads with an interest, reads that were nobody's work, and people unmasked.

    A read that turns out to have been with an interest counts as that from when it was known, assigned or not.
    """
    never = pl.lit(None, INSTANT).alias("counts_until")
    interest = judged.filter(pl.col("relation").is_not_null()).with_columns(
        pl.lit(INTEREST).alias("family"), pl.col("special_from").alias("counts_from"), never
    )
    nobodys = judged.filter(pl.col("explained_at").is_null()).with_columns(
        pl.lit(NOT_ASSIGNED).alias("family"),
        pl.col("at").alias("counts_from"),
        pl.col("special_from").alias("counts_until"),
    )
    opened = judged.filter(UNMASKED).with_columns(
        pl.lit(REVEALS).alias("family"), pl.col("at").alias("counts_from"), never
    )
    parts = [that_count(part) for part in (interest, nobodys, opened)]
    return _as_stored(pl.concat(parts))


def _as_stored(rows: pl.DataFrame) -> pl.DataFrame:
    of_interest = pl.when(pl.col("family") == INTEREST)
    told = rows.with_columns(
        bucket_of(pl.col("day")),
        pl.col("counts_until").alias("linked_until"),
        of_interest.then("explanation").alias("explanation"),
        of_interest.then("linked_at").alias("linked_at"),
        of_interest.then("relation").alias("relation"),
        *(pl.lit(value, CONTRIBUTIONS[name]).alias(name) for name, value in UNTOLD.items()),
    )
    told = told.with_columns(pl.col("explanation").alias("linked_explanation"))
    return told.select(pl.col(name).cast(kind) for name, kind in CONTRIBUTIONS.items())
