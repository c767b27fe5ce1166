"""Claimed cases into claims that no case link of the person bears out.

A screen says in which case it was; whether the register of links knows such cases at all differs by system. A system
is held to its claims from the moment on at which the first of them was borne out.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from services.core.contract import INSTANT
from services.detector.neighbours import pairs, within_reach
from services.detector.registers import Registers

OF_WORK = pl.struct("employee", "claimed_case").hash().alias("work")
NO_WORK = pl.DataFrame(schema={"row": pl.get_index_type(), "claim_worked_at": INSTANT})


def borne_out(known: pl.DataFrame, judged: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """Frame of CLAIMS with the lookups of a slice: per system the first moment at which a claim was known to be true.

    Only a lookup before that moment can bring it forward, so that in the long run nothing is asked of the register.
    A moment that was found stays, even where its lookup is replaced later.
    """
    claims = judged[["system", "at", "subject", "claimed_case"]].drop_nulls()
    if claims.is_empty():
        return known
    sooner = pl.col("borne_out_at").is_null() | (pl.col("at") < pl.col("borne_out_at"))
    firsts = claims.group_by("system").agg(pl.col("at").min()).join(known, on="system", how="left")
    asked = firsts.filter(sooner).select("system", "borne_out_at")
    if asked.is_empty():
        return known
    news = claims.join(asked, on="system").filter(sooner)
    links = registers.links.rows(news["subject"]).select(
        "subject", pl.col("case").alias("claimed_case"), pl.col("known_from")
    )
    found = news.join(links, on=["subject", "claimed_case"]).select(
        "system", pl.max_horizontal("at", "known_from").alias("borne_out_at")
    )
    return pl.concat([known, found]).group_by("system").agg(pl.col("borne_out_at").min()).sort("system")


def worked(affected: pl.DataFrame, around: pl.DataFrame, within: timedelta) -> pl.DataFrame:
    """Table (row, claim_worked_at): when it was known that the viewer worked on the claimed case at about that time.

    That is an explained look of the same viewer, from within the same case, at another person: the case's own. Who goes
    from there to a partner or an employer of that person leaves such a trail.
    """
    claims = affected.filter(affected["claimed_case"].is_not_null())
    if claims.is_empty():
        return NO_WORK
    near = within_reach(claims, around, within)
    known = near.filter(near["linked_at"].is_not_null() & near["claimed_case"].is_not_null())
    if known.is_empty():
        return NO_WORK
    met = pairs(claims.with_columns(OF_WORK), known.with_columns(OF_WORK), "work", within)
    met = met.filter((met["subject"] != met["subject_near"]) & (met["employee"] == met["employee_near"]))
    known_at = pl.max_horizontal("at", "at_near", "linked_at_near").min().alias("claim_worked_at")
    return met.group_by("row").agg(known_at)


def with_claims(contributions: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """Adds claim_false_from: since when a claimed case is held to be none of this person's (null: never).

    It is so until `claim_known_at`, when a link of the person that names the case was known.
    """
    since = dict(claims.iter_rows())
    held = (
        pl.col("system").replace_strict(since, default=None, return_dtype=INSTANT) if since else pl.lit(None, INSTANT)
    )
    never_false = pl.col("claimed_case").is_null() | (pl.col("claim_known_at") <= held).fill_null(value=False)
    return contributions.with_columns(pl.when(~never_false).then(held).alias("claim_false_from"))
