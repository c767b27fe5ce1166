"""Lookups near contributions into rows that may tell why these were fine: explain.base.SURROUNDING_COLUMNS."""

from __future__ import annotations

import polars as pl

from services.core.contract import INSTANT
from services.detector.rules import ENUMERATION, ORDINARY, RETROACTIVE, STAFF_FILES

NO_CANDIDATES = pl.DataFrame(
    schema={
        "row": pl.get_index_type(), "kind": pl.String(), "known_at": INSTANT, "seconds": pl.Int64(),
        "other_searched_by": pl.String(), "two_slips": pl.Boolean(), "leads": pl.Boolean(),
        "colleague_absent": pl.Boolean(), "working_day": pl.Boolean(),
    }
)  # fmt: skip
"""Rows that may tell of a contribution (explain.base.SURROUNDING_COLUMNS), of which there are none."""
ONLY_LOOKED = pl.col("action").is_in(["search", "view"])


def same_viewer(met: pl.DataFrame, slips: pl.DataFrame) -> pl.DataFrame:
    """Of pairs of one viewer (surroundings.ASKED and AROUND): explained looks at another person."""
    linked = met.filter(met["linked_at_near"].is_not_null())
    if linked.is_empty():
        return NO_CANDIDATES
    apart = slips.select("subject", pl.col("other").alias("subject_near"), pl.lit(value=True).alias("two_slips"))
    linked = linked.join(apart, on=["subject", "subject_near"], how="left")
    return linked.select(
        "row",
        pl.lit("same-viewer").alias("kind"),
        (pl.col("at_near") - pl.col("at")).dt.total_seconds().alias("seconds"),
        pl.col("searched_by_near").alias("other_searched_by"),
        pl.col("two_slips").fill_null(value=False),
        pl.max_horizontal("at", "at_near", "linked_at_near").alias("known_at"),
    )


def same_subject(met: pl.DataFrame) -> pl.DataFrame:
    """Of pairs of one person: explained looks by somebody else."""
    somebody_else = pl.col("employee") != pl.col("employee_near")
    linked = met.filter(
        pl.col("linked_at_near").is_not_null()
        & somebody_else
        & (pl.col("subject_check") == pl.col("subject_check_near"))
    )
    return linked.select(
        "row",
        pl.lit("same-subject").alias("kind"),
        (pl.col("at_near") - pl.col("at")).dt.total_seconds().alias("seconds"),
        pl.max_horizontal("at", "at_near", "linked_at_near").alias("known_at"),
    )


def told(affected: pl.DataFrame, candidates: pl.DataFrame) -> pl.DataFrame:
    """The candidates with SURROUNDING_COLUMNS of the lookup itself."""
    by_handlers = (pl.col("family") == STAFF_FILES) & pl.col("handler").fill_null(value=False)
    of_lookup = affected.select(
        "row",
        "at",
        "searched_by",
        ONLY_LOOKED.alias("only_looked"),
        (pl.col("family").is_in([*ORDINARY, RETROACTIVE, ENUMERATION]) | by_handlers).alias("ordinary"),
    )
    return candidates.join(of_lookup, on="row")
