"""Judged lookups into contributions: in which rule family each counts, from when and until when."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from services.detector.explain.base import MANDATE, SELF_REPORT
from services.detector.explain.self_report import STRENGTH as REPORT_STRENGTH
from services.detector.rules import EXPORTS, FAMILIES, ORDINARY, OWN_STREET, RETROACTIVE, RULES, UNEXPLAINED
from services.detector.state.schemas import CONTRIBUTIONS, HAPPENED_AROUND
from services.detector.state.tables import bucket_of, that_count

NOT_LINKS = ("own-personnel-file", "no-person", "aborted")
ABORTED = "aborted"
TAKEN_OUT = ("print", "export")

SPECIAL = ~pl.col("family").is_in(ORDINARY)
LEFT_THE_SYSTEM = pl.col("action").is_in(TAKEN_OUT) & (pl.col("record_count") > 0)
IN_TIME = (pl.col("explained_at") <= pl.col("grace_end")).fill_null(value=False)
OF_A_PERSON = pl.col("subject").is_not_null() & pl.col("explanation").ne_missing(ABORTED)
ORDINARY_AT_FIRST = ~SPECIAL | (~pl.col("handler") & (pl.col("special_from") > pl.col("grace_end")))
KINDS = (
    (OF_A_PERSON & SPECIAL & ~pl.col("handler")).alias("for good"),
    (OF_A_PERSON & pl.col("handler")).alias("for handlers"),
    (OF_A_PERSON & ORDINARY_AT_FIRST).alias("ordinary"),
    LEFT_THE_SYSTEM.alias("taken out"),
)
"""As what a lookup counts; it may be several of these."""


def classify(judged: pl.DataFrame) -> pl.DataFrame:
    """Adds linked_at (a case link was known; null: never), family, special_from and handler to explained lookups.

    `special_from` is when a special file was known to be one: the lookup itself, or the later registration of the
    relation. A `handler` of staff files works on them as others do on ordinary files: a case link makes the look
    lawful, and there is grace for it; of somebody of the own team only a case that was there before. What the settings
    allow without a case explains ordinary files and those of a handler; what the viewer reported as a mistake explains
    ordinary files only.
    """
    linked = pl.col("explained_at").is_not_null() & ~pl.col("explanation").is_in(NOT_LINKS)
    hits = judged.with_columns(pl.when(linked).then("explained_at").alias("linked_at"), _family().alias("family"))
    given = linked & (pl.col("explained_at") <= pl.col("at"))
    handler = (pl.col("family") == "staff-file") & pl.col("eigen_personeel") & (~pl.col("same_team") | given)
    hits = hits.with_columns(_special_from().alias("special_from"), handler.alias("handler"))
    return _with_reports(_with_licences(hits)).drop("licence", "licence_strength")


def contribute(judged: pl.DataFrame) -> pl.DataFrame:
    """The columns of `judged` with counts_from and counts_until, a row per lookup that counts in a family.

    A lookup that is explained in time and concerns an ordinary file does not. A relation that was registered after
    the lookup moves it to the relative's family from then on. What was printed or exported counts as such besides.
    """
    judged = judged.filter(SPECIAL | LEFT_THE_SYSTEM | ~IN_TIME).with_columns(bucket_of(pl.col("day")))
    kinds = judged.select(KINDS)
    parts = [build(judged.filter(kinds[kind])) for kind, build in _builders().items() if kinds[kind].any()]
    return that_count(pl.concat(parts or [_exports(judged)]))


def registered_afterwards(contributions: pl.DataFrame) -> pl.DataFrame:
    """Moves ordinary contributions to the family of self-made links from the moment of that registration on.

    There is no grace for these: until then they count as before.
    """
    self_made = pl.col("family").is_in(ORDINARY) & pl.col("retroactive_at").is_not_null()
    rows = contributions.filter(self_made)
    if rows.is_empty():
        return that_count(contributions)
    before = rows.with_columns(*_moved_at(pl.col("retroactive_at")))
    after = rows.with_columns(pl.lit(RETROACTIVE).alias("family"), pl.col("retroactive_at").alias("counts_from"))
    untouched = contributions.filter(~self_made.fill_null(value=False))
    return that_count(pl.concat([untouched, before, after]))


def as_stored(contributions: pl.DataFrame) -> pl.DataFrame:
    """Frame of CONTRIBUTIONS of freshly judged ones, before anything around them is looked at."""
    return contributions.with_columns(
        pl.col("counts_until").alias("linked_until"),
        pl.col("explanation").alias("linked_explanation"),
        *(pl.lit(None, CONTRIBUTIONS[name]).alias(name) for name in HAPPENED_AROUND),
    ).select(list(CONTRIBUTIONS))


def _with_licences(hits: pl.DataFrame) -> pl.DataFrame:
    """Explains at once what the settings allow, where no link did; a mandate covers lists about nobody too."""
    if hits["licence"].null_count() == hits.height:
        return hits
    unlinked = pl.col("explained_at").is_null() | (pl.col("explained_at") > pl.col("at"))
    allowed = pl.col("licence").is_not_null() & unlinked & (pl.col("family").is_in(ORDINARY) | pl.col("handler"))
    lists = pl.col("subject").is_null() & pl.col("action").is_in(TAKEN_OUT) & (pl.col("licence") == MANDATE)
    allowed = allowed | lists.fill_null(value=False)
    at_once = pl.when(allowed)
    return hits.with_columns(
        at_once.then("at").otherwise("explained_at").alias("explained_at"),
        at_once.then("licence").otherwise("explanation").alias("explanation"),
        at_once.then("licence_strength").otherwise("strength").alias("strength"),
    )


def _with_reports(hits: pl.DataFrame) -> pl.DataFrame:
    """Explains what was reported as a mistake from the report on: looks only, nobody edits or prints by mistake."""
    if hits["reported_at"].null_count() == hits.height:
        return hits
    sooner = pl.col("explained_at").is_null() | (pl.col("reported_at") < pl.col("explained_at"))
    looked = pl.col("family").is_in(ORDINARY) & ~pl.col("action").is_in(["edit", *TAKEN_OUT])
    reported = pl.when(pl.col("reported_at").is_not_null() & sooner & looked)
    return hits.with_columns(
        reported.then("reported_at").otherwise("explained_at").alias("explained_at"),
        reported.then(pl.lit(SELF_REPORT)).otherwise("explanation").alias("explanation"),
        reported.then(pl.lit(REPORT_STRENGTH, pl.Int32)).otherwise("strength").alias("strength"),
    )


def _family() -> pl.Expr:
    """The weightiest family that a rule puts the lookup in."""
    family = pl.lit(UNEXPLAINED)
    for name in reversed(FAMILIES):
        hits = [rule.hit.fill_null(value=False) for rule in RULES if rule.family == name and rule.hit is not None]
        if hits:
            family = pl.when(pl.any_horizontal(hits)).then(pl.lit(name)).otherwise(family)
    return family


def _special_from() -> pl.Expr:
    known = {"own-file": "viewer_known_from", "relative": "relation_known_from", "staff-file": "staff_known_from"}
    moment = pl.col("at")
    for family, column in known.items():
        moment = pl.when(pl.col("family") == family).then(pl.max_horizontal("at", column)).otherwise(moment)
    return moment


def _builders() -> dict[str, Callable[[pl.DataFrame], pl.DataFrame]]:
    """What makes contributions of the lookups of each kind (KINDS)."""
    return {"for good": _for_good, "for handlers": _for_handlers, "ordinary": _ordinary, "taken out": _exports}


def _for_good(cases: pl.DataFrame) -> pl.DataFrame:
    """Own, relatives' and staff files: no case link ends them."""
    never = pl.lit(None, CONTRIBUTIONS["counts_until"])
    return cases.with_columns(pl.col("special_from").alias("counts_from"), never.alias("counts_until"))


def _for_handlers(cases: pl.DataFrame) -> pl.DataFrame:
    """Staff files before their handlers: until a link, and the authority itself, are known.

    Grace is for who was known to be authorised at the moment of the lookup.
    """
    authorised = pl.col("viewer_known_from") <= pl.col("at")
    waits = pl.max_horizontal("special_from", "grace_end")
    explained = pl.col("explained_at").is_not_null()
    lawful = pl.when(explained).then(pl.max_horizontal("explained_at", "viewer_known_from"))
    return cases.with_columns(
        pl.when(authorised).then(waits).otherwise("special_from").alias("counts_from"),
        lawful.alias("counts_until"),
        authorised.alias("handler"),
    )


def _ordinary(cases: pl.DataFrame) -> pl.DataFrame:
    """Ordinary files: unexplained from the end of grace until an explanation, or a relation, is known."""
    known_special = pl.when(~pl.col("family").is_in(ORDINARY)).then("special_from")
    street = pl.when("own_street").then(pl.lit(OWN_STREET)).otherwise(pl.lit(UNEXPLAINED))
    explained = cases.with_columns(
        pl.col("grace_end").alias("counts_from"), pl.col("explained_at").alias("counts_until")
    )
    return explained.with_columns(*_moved_at(known_special), street.alias("family"))


def _moved_at(moment: pl.Expr) -> list[pl.Expr]:
    """Ends a contribution where it moves to another family; what explains it later is told there."""
    until = pl.min_horizontal("counts_until", moment)
    explained = pl.col("counts_until").is_not_null() & (pl.col("counts_until") == until)
    return [until.alias("counts_until"), pl.when(explained).then("explanation").alias("explanation")]


def _exports(taken_out: pl.DataFrame) -> pl.DataFrame:
    """Prints and exports: at once until an explanation is known; a list about nobody in particular for good."""
    until = pl.when(pl.col("explanation").ne_missing("no-person")).then("explained_at")
    return taken_out.with_columns(
        pl.col("at").alias("counts_from"), until.alias("counts_until"), pl.lit(EXPORTS).alias("family")
    )
