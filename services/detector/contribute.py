"""Judged lookups into contributions: in which rule family each counts, from when and until when."""

from __future__ import annotations

import polars as pl

from services.detector.rules import FAMILIES, RULES, UNEXPLAINED
from services.detector.state.tables import CONTRIBUTIONS, bucket_of

NOT_LINKS = ("own-personnel-file", "no-person")


def classify(judged: pl.DataFrame) -> pl.DataFrame:
    """Adds linked_at (a case link was known; null: never), family and special_from to explained lookups.

    `special_from` is when a special file was known to be one: the lookup itself, or the later registration of the
    relation. A handler of staff files gets the grace of an ordinary case, because a link would make the look lawful.
    """
    linked = pl.col("explained_at").is_not_null() & ~pl.col("explanation").is_in(NOT_LINKS)
    hits = judged.with_columns(linked.alias("linked"), pl.when(linked).then("explained_at").alias("linked_at"))
    return hits.with_columns(_family().alias("family")).with_columns(_special_from().alias("special_from"))


def contribute(judged: pl.DataFrame) -> pl.DataFrame:
    """The columns of `judged` with counts_from and counts_until, a row per lookup that counts in a family.

    A lookup that is explained in time and concerns an ordinary file does not. A relation that was registered after
    the lookup moves it to the relative's family from then on.
    """
    cases = judged.filter(pl.col("subject").is_not_null()).with_columns(bucket_of(pl.col("day")))
    special = cases.filter(pl.col("family") != UNEXPLAINED)
    plain = cases.filter((pl.col("family") == UNEXPLAINED) | (pl.col("special_from") > pl.col("grace_end")))
    return pl.concat([_special(special), _plain(plain)])


def _family() -> pl.Expr:
    """The weightiest family that a rule puts the lookup in."""
    family = pl.lit(UNEXPLAINED)
    for name in reversed(FAMILIES):
        hits = [rule.hit.fill_null(value=False) for rule in RULES if rule.family == name and rule.hit is not None]
        if hits:
            family = pl.when(pl.any_horizontal(hits)).then(pl.lit(name)).otherwise(family)
    return family


def _special_from() -> pl.Expr:
    known = (
        pl.when(pl.col("family") == "relative").then(pl.max_horizontal("at", "relation_known_from"))
        .when(pl.col("family") == "staff-file").then(pl.max_horizontal("at", "staff_known_from"))
        .otherwise("at")
    )  # fmt: skip
    handler = (pl.col("family") == "staff-file") & pl.col("eigen_personeel") & ~pl.col("same_team")
    return pl.when(handler).then(pl.max_horizontal(known, "grace_end")).otherwise(known)


def _special(cases: pl.DataFrame) -> pl.DataFrame:
    """Own, relatives' and staff files: no case link ends them."""
    return cases.with_columns(
        pl.col("special_from").alias("counts_from"), pl.lit(None, CONTRIBUTIONS["counts_until"]).alias("counts_until")
    )


def _plain(cases: pl.DataFrame) -> pl.DataFrame:
    """Ordinary files: unexplained from the end of grace until an explanation, or a relation, is known."""
    until = pl.min_horizontal("explained_at", pl.when(pl.col("family") != UNEXPLAINED).then("special_from"))
    timed = cases.with_columns(
        pl.col("grace_end").alias("counts_from"), until.alias("counts_until"), pl.lit(UNEXPLAINED).alias("family")
    )
    counts = pl.col("counts_until").is_null() | (pl.col("counts_until") > pl.col("counts_from"))
    return timed.filter(counts)
