"""Lookups into lookups with what was true at that moment: who looked, in which team, and whose file it was."""

from __future__ import annotations

import polars as pl

from services.core.contract import INSTANT
from services.detector.registers import Registers

KIN = ("partner", "child", "parent", "sibling", "other")
FORMER = ("partner", "household")
RELATED = {"relation": pl.String(), "relation_known_from": INSTANT}
"""How a viewer stands to a subject, since when that was known."""
ROW = {"row": pl.get_index_type()}
NO_KIN = pl.DataFrame(schema={**ROW, **RELATED})
NO_STAFF = pl.DataFrame(
    schema={**ROW, "staff_kind": pl.String(), "staff_known_from": INSTANT, "same_team": pl.Boolean()}
)


def enrich(lookups: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """Adds the viewer (team, role, authority), and how the subject stands to the viewer. Sorted by time.

    Adds: team, role, eigen_personeel, viewer_known_from, in_street (the subject lives in the viewer's street; null: not
    known), own_street (so, or not known and found by address), is_own, relation (null or a kind), relation_known_from,
    staff_kind (null, `staff`, `ex-staff`, `family`), staff_known_from, same_team.
    """
    seen = lookups.sort("at").with_row_index("row")
    seen = _with_viewer(seen, registers)
    special = _special_subjects(seen, registers)
    told = seen.select("row").join(special, on="row", how="left", maintain_order="left").drop("row")
    return seen.hstack(told.with_columns(pl.col("is_own", "same_team").fill_null(value=False)))


def _with_viewer(seen: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """Joins the employee's period in force at that moment (nulls for an unknown employee)."""
    periods = registers.employees.rows(seen["employee"]).select(
        "employee",
        "valid_from",
        "valid_to",
        "team",
        "role",
        "eigen_personeel",
        pl.col("street").alias("viewer_street"),
        "own_subject",
        "own_subject_check",
        pl.col("known_from").alias("viewer_known_from"),
    )
    joined = seen.select("at", "employee").join_asof(
        periods.sort("valid_from"), left_on="at", right_on="valid_from", by="employee", check_sortedness=False
    )
    in_force = pl.col("valid_to").is_null() | (pl.col("at") < pl.col("valid_to"))
    columns = ["team", "role", "eigen_personeel", "viewer_known_from"]
    viewer = joined.with_columns(
        pl.when(in_force).then(pl.col(name)).alias(name) for name in [*columns, "viewer_street"]
    )
    viewer = viewer.with_columns(
        pl.col("eigen_personeel").fill_null(value=False),
        (pl.col("viewer_street") == seen["street"]).alias("in_street"),
    )
    by_address = pl.lit(seen["searched_by"] == "address")
    viewer = viewer.with_columns(pl.coalesce("in_street", by_address).fill_null(value=False).alias("own_street"))
    return seen.hstack(viewer.select(*columns, "in_street", "own_street", "own_subject", "own_subject_check"))


def _special_subjects(seen: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """One row per lookup of an own, relative's or staff file (few): everybody else's file is absent here."""
    subjects = seen.select(
        "row", "at", "employee", "team", "subject", "subject_check", "own_subject", "own_subject_check"
    )
    own = subjects.filter(
        (pl.col("subject") == pl.col("own_subject")) & (pl.col("subject_check") == pl.col("own_subject_check"))
    ).select("row", pl.lit(True).alias("is_own"))
    kin = _relations(subjects, registers)
    staff = _staff(subjects, registers)
    family = _staff_family(subjects, registers).join(staff, on="row", how="anti")
    return own.join(kin, on="row", how="full", coalesce=True).join(
        pl.concat([staff, family], how="diagonal"), on="row", how="full", coalesce=True
    )


def _relations(subjects: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """The relation of the viewer to the subject at that moment; the nearest kind counts."""
    related = registers.relations.rows(subjects["employee"]).rename({"subject_check": "relative_check"})
    pairs = subjects.join(related, left_on=["employee", "subject"], right_on=["relative_of", "subject"])
    pairs = pairs.filter((pl.col("relative_check") == pl.col("subject_check")) & (pl.col("valid_from") <= pl.col("at")))
    if pairs.is_empty():
        return NO_KIN
    ended = pl.col("valid_to").is_not_null() & (pl.col("valid_to") <= pl.col("at"))
    kind = (
        pl.when(ended & pl.col("relation").is_in(FORMER)).then(pl.lit("ex_partner"))
        .when(~ended | pl.col("relation").is_in(["ex_partner"])).then(pl.col("relation"))
    )  # fmt: skip
    nearness = pl.col("relation").replace_strict({**dict.fromkeys(KIN, 0), "ex_partner": 1, "household": 2})
    return (
        pairs.with_columns(kind.alias("relation"))
        .drop_nulls("relation")
        .with_columns(nearness.alias("nearness"), pl.col("known_from").alias("relation_known_from"))
        .sort("row", "nearness", "relation_known_from", "relation")
        .unique("row", keep="first", maintain_order=True)
        .select("row", "relation", "relation_known_from")
    )


def _staff(subjects: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """Files of (former) colleagues: the latest period that had begun; same team as the viewer then."""
    periods = registers.staff.rows(subjects["subject"])
    if periods.is_empty():
        return NO_STAFF
    periods = periods.select(
        pl.col("own_subject").alias("subject"),
        pl.col("own_subject_check").alias("staff_check"),
        pl.col("employee").alias("colleague"),
        pl.col("team").alias("colleague_team"),
        "valid_from",
        "valid_to",
        "known_from",
    )
    pairs = subjects.join(periods, on="subject").filter(
        (pl.col("staff_check") == pl.col("subject_check"))
        & (pl.col("valid_from") <= pl.col("at"))
        & (pl.col("colleague") != pl.col("employee"))
    )
    left = pl.col("valid_to").is_not_null() & (pl.col("valid_to") <= pl.col("at"))
    in_order = pairs.sort("row", "valid_from", "known_from", "valid_to", "colleague", nulls_last=True)
    latest = in_order.unique("row", keep="last", maintain_order=True)
    return latest.select(
        "row",
        pl.when(left).then(pl.lit("ex-staff")).otherwise(pl.lit("staff")).alias("staff_kind"),
        pl.col("known_from").alias("staff_known_from"),
        (~left & (pl.col("colleague_team") == pl.col("team"))).fill_null(value=False).alias("same_team"),
    )


def _staff_family(subjects: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """Files of partners and children of colleagues, by declaration or by the department Eigen personeel."""
    family = registers.staff_family.rows(subjects["subject"]).rename({"subject_check": "family_check"})
    if family.is_empty():
        return NO_STAFF
    pairs = subjects.join(family, on="subject").filter(
        (pl.col("family_check") == pl.col("subject_check"))
        & (pl.col("valid_from") <= pl.col("at"))
        & (pl.col("valid_to").is_null() | (pl.col("at") < pl.col("valid_to")))
        & (pl.col("relative_of") != pl.col("employee"))
    )
    return (
        pairs.sort("row", "known_from")
        .unique("row", keep="first", maintain_order=True)
        .select("row", pl.lit("family").alias("staff_kind"), pl.col("known_from").alias("staff_known_from"))
    )
