"""Reads of signals into those whose reader has an interest in whom they read about, and since when that was known.

An interest is in oneself, in relatives, whoever declared the relation and whatever its dates, and in who worked in the
same team at that moment. The file may be named by the pseudonym of an employee or of a person; who is both is found by
either.
"""

from __future__ import annotations

import polars as pl

from services.detector.enrich import FORMER
from services.detector.registers import Registers

SELF, TEAM_MATE = "self", "team_mate"
NEAREST = (SELF, "partner", "child", "parent", "sibling", "other", "ex_partner", "household", TEAM_MATE)
TURNED_ROUND = {"parent": "child", "child": "parent"}
"""What a reader is told to be of a colleague, as what the colleague is of the reader."""
FOUND = ["row", "relation", "known_from"]


def with_interest(reads: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """Adds relation (null: none) and special_from, the moment at which the interest was there and known.

    `reads` are enriched (enrich.py) with a column `row`. Of several interests the one that was known first counts, of
    those the nearest.
    """
    asked = reads.drop("relation")
    colleagues = _colleagues(asked, registers)
    found = pl.concat(
        [
            _oneself(asked),
            _declared(asked, colleagues, registers),
            _declaring(asked, colleagues, registers),
            _team_mates(asked, colleagues),
        ]
    )
    nearness = pl.col("relation").replace_strict({kind: place for place, kind in enumerate(NEAREST)})
    told = found.join(asked.select("row", "at"), on="row").with_columns(
        pl.max_horizontal("at", "known_from").alias("special_from"), nearness.alias("nearness")
    )
    first = told.sort("row", "special_from", "nearness").unique("row", keep="first", maintain_order=True)
    return asked.join(first.select("row", "relation", "special_from"), on="row", how="left", maintain_order="left")


def _oneself(reads: pl.DataFrame) -> pl.DataFrame:
    account = (pl.col("subject") == pl.col("employee")) & (pl.col("subject_check") == pl.col("employee_check"))
    known = pl.when(account).then("at").otherwise("viewer_known_from").alias("known_from")
    return reads.filter(account | pl.col("is_own")).select("row", pl.lit(SELF).alias("relation"), known)


def _colleagues(reads: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """A row per read and period of the colleague whom it is about, by either pseudonym."""
    columns = ["team", "valid_from", "valid_to", "known_from"]
    by_account = registers.employees.rows(reads["subject"]).select(
        pl.col("employee").alias("subject"), pl.col("employee").alias("colleague"),
        "own_subject", "own_subject_check", *columns,
    )  # fmt: skip
    by_person = registers.staff.rows(reads["subject"]).select(
        pl.col("own_subject").alias("subject"), pl.col("employee").alias("colleague"),
        "own_subject", "own_subject_check", *columns,
    )  # fmt: skip
    asked = reads.select("row", "employee", "subject", "subject_check")
    persons = asked.join(by_person, on="subject").filter(pl.col("subject_check") == pl.col("own_subject_check"))
    both = pl.concat([asked.join(by_account, on="subject"), persons]).filter(pl.col("colleague") != pl.col("employee"))
    return both.select(
        "row", "colleague", pl.col("own_subject").alias("person"), pl.col("own_subject_check").alias("person_check"),
        *(pl.col(name).alias(f"colleague_{name}") for name in columns),
    )  # fmt: skip


def _declared(reads: pl.DataFrame, colleagues: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """Relatives whom the reader declared, or others put on record for the reader."""
    person = {"person": "subject", "person_check": "subject_check", "person_known": "at"}
    persons = reads.select("row", "at", "employee", *(pl.col(name).alias(as_) for as_, name in person.items()))
    working = reads.select("row", "at", "employee").join(
        colleagues.select("row", "person", "person_check", pl.col("colleague_known_from").alias("person_known")),
        on="row",
    )
    related = registers.relations.rows(reads["employee"]).rename({"subject_check": "relative_check"})
    met = pl.concat([persons, working]).join(
        related, left_on=["employee", "person"], right_on=["relative_of", "subject"]
    )
    met = met.filter(pl.col("relative_check") == pl.col("person_check"))
    known = pl.max_horizontal("known_from", "person_known").alias("known_from")
    return met.select("row", _kind().alias("relation"), known)


def _declaring(reads: pl.DataFrame, colleagues: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """Colleagues for whom the reader is on record as a relative."""
    related = registers.relations.where("subject", reads["own_subject"].drop_nulls())
    related = related.select(
        pl.col("relative_of").alias("colleague"), pl.col("subject").alias("own_subject"),
        pl.col("subject_check").alias("relative_check"), "relation", "valid_to", "known_from",
    )  # fmt: skip
    asked = reads.select("row", "at", "own_subject", "own_subject_check", "viewer_known_from")
    both = asked.join(colleagues.select("row", "colleague", "colleague_known_from"), on="row")
    met = both.join(related, on=["colleague", "own_subject"])
    met = met.filter(pl.col("relative_check") == pl.col("own_subject_check"))
    known = pl.max_horizontal("known_from", "viewer_known_from", "colleague_known_from").alias("known_from")
    return met.select("row", _kind().replace(TURNED_ROUND).alias("relation"), known)


def _kind() -> pl.Expr:
    """The kind of a relation at the moment of the read: who once was a partner is not impartial."""
    ended = (pl.col("valid_to") <= pl.col("at")).fill_null(value=False)
    return pl.when(ended & pl.col("relation").is_in(FORMER)).then(pl.lit("ex_partner")).otherwise("relation")


def _team_mates(reads: pl.DataFrame, colleagues: pl.DataFrame) -> pl.DataFrame:
    """Colleagues who were in the reader's team at that moment."""
    met = reads.select("row", "at", "team", "viewer_known_from").join(colleagues, on="row")
    then = (pl.col("colleague_valid_from") <= pl.col("at")) & (
        pl.col("colleague_valid_to").is_null() | (pl.col("at") < pl.col("colleague_valid_to"))
    )
    known = pl.max_horizontal("viewer_known_from", "colleague_known_from").alias("known_from")
    return met.filter(then & (pl.col("colleague_team") == pl.col("team"))).select(
        "row", pl.lit(TEAM_MATE).alias("relation"), known
    )
