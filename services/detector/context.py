"""Contributions into contributions with their surroundings: whose case the person was, and what was written later."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import polars as pl

from services.core.contract import INSTANT
from services.detector.explain import contact
from services.detector.explain.base import Margins, covers, made_afterwards
from services.detector.leave import away
from services.detector.register_index import marked
from services.detector.registers import Registers

A_WORKDAY = timedelta(hours=12)
"""A contact that began longer ago was another one."""
THE_NEXT_DAYS = timedelta(days=2)
"""A case that begins later is new work, not a reason for the look."""

ASKED = ["at", "employee", "team", "subject", "subject_check", "grace_end", "claimed_case"]
"""What is asked of a contribution."""

NO_CLAIMS = pl.DataFrame(schema={"row": pl.get_index_type(), "claim_known_at": INSTANT})


def add_context(
    contributions: pl.DataFrame, registers: Registers, margins: Margins, dormant_months: int
) -> pl.DataFrame:
    """Adds anyone_had_case, team_had_case, dormant, claim_known_at, retroactive_at and on_leave.

    The first two tell of links of others that were in force at the moment and known when grace ended; `retroactive_at`
    is when the viewer first registered a link to the person that might have justified the lookup, too long after it to
    have been at hand (null: never); a contact at another moment, a case that begins days later, or a newer version of a
    link that the viewer did not make afterwards, says nothing of the lookup. A file is `dormant` where all links known
    when grace ended, at least one, had ended so many months before; `claim_known_at` is when a link of this person, or
    of the person as a party, that names the claimed case was first known; `on_leave` says that the viewer was away, as
    known when grace ended.
    """
    asked = contributions[ASKED].with_row_index("row")
    links = registers.links.rows(asked["subject"]).rename({"subject_check": "link_check"})
    cases = asked.join(links, on="subject")
    cases = cases.filter(cases["link_check"] == cases["subject_check"])
    kinds = cases.select(_kinds(margins))
    others, in_force = cases.filter(~kinds["afterwards"]), cases.filter(kinds["in_force"])
    about_it = _without_continued(cases.filter(kinds["about_it"]), others)
    registered = about_it.group_by("row").agg(pl.col("known_from").min().alias("retroactive_at"))
    on_leave = (away(asked, registers, "employee") <= asked["grace_end"]).fill_null(value=False)
    told = asked[["row"]].join(registered, on="row", how="left", maintain_order="left")
    told = told.join(_claims(cases, asked, registers), on="row", how="left", maintain_order="left")
    told = told.select(
        "retroactive_at",
        "claim_known_at",
        marked(in_force["row"], asked.height).alias("anyone_had_case"),
        marked(_assigned_to_team(in_force, registers), asked.height).alias("team_had_case"),
        marked(_dormant(others, dormant_months), asked.height).alias("dormant"),
        on_leave.alias("on_leave"),
    )
    return contributions.drop("row").with_columns(told)


@cache
def _kinds(margins: Margins) -> tuple[pl.Expr, ...]:
    """Of a link and a lookup: whether the viewer made it afterwards, about that look, or somebody else had it then."""
    afterwards = made_afterwards(margins)
    then = contact.build(margins).applies & (pl.col("at") <= pl.col("valid_from") + A_WORKDAY)
    begun = pl.col("valid_from") <= pl.col("at") + THE_NEXT_DAYS
    about_it = afterwards & pl.when(pl.col("link_kind") == "contact").then(then).otherwise(begun)
    in_force = covers() & (pl.col("known_from") <= pl.col("grace_end")) & ~afterwards
    return afterwards.alias("afterwards"), about_it.alias("about_it"), in_force.alias("in_force")


def _without_continued(afterwards: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """The links made afterwards without newer versions of one among the others: who closes a case did not make it.

    A version that names somebody else, or that begins sooner than the one before, is the viewer's own doing.
    """
    if afterwards.is_empty():
        return afterwards
    same = ["row", "link_id", "assignee"]
    both = afterwards.join(others.select(*same, "known_from", "valid_from"), on=same, suffix="_before")
    older = (pl.col("known_from_before") < pl.col("known_from")) & (pl.col("valid_from_before") <= pl.col("valid_from"))
    return afterwards.join(both.filter(older), on=["row", "link_id", "known_from"], how="anti")


def _claims(cases: pl.DataFrame, asked: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    asked = asked.filter(asked["claimed_case"].is_not_null())
    if asked.is_empty():
        return NO_CLAIMS
    claims = [cases[["row", "case", "claimed_case", "known_from"]]]
    if registers.derived is not None:
        parties = registers.derived.rows(asked["subject"]).select("subject", "case", "known_from", "valid_from")
        # a party may be written down in a case that was registered long before
        known = pl.max_horizontal("known_from", "valid_from").alias("known_from")
        claims.append(asked.join(parties, on="subject").select("row", "case", "claimed_case", known))
    named = pl.concat(claims).filter(pl.col("case") == pl.col("claimed_case"))
    return named.group_by("row").agg(pl.col("known_from").min().alias("claim_known_at"))


def _dormant(cases: pl.DataFrame, months: int) -> pl.Series:
    """Rows whose person had cases, in the newest versions known when grace ended, that were all over long before."""
    newest = (pl.col("known_from") <= pl.col("grace_end")) & (
        pl.col("known_until").is_null() | (pl.col("known_until") > pl.col("grace_end"))
    )
    over = pl.col("valid_to") < pl.col("at").dt.offset_by(f"-{months}mo")
    ended = cases.filter(newest).group_by("row").agg(over.fill_null(value=False).all())
    return ended.filter("valid_to")["row"]


def _assigned_to_team(cases: pl.DataFrame, registers: Registers) -> pl.Series:
    """Rows whose person was a case of somebody in the viewer's team at that moment."""
    personal = cases[["row", "at", "team", "assignee"]].filter(~cases["to_team"])
    if personal.is_empty():
        return personal["row"]
    periods = registers.employees.rows(personal["assignee"]).select(
        pl.col("employee").alias("assignee"), pl.col("team").alias("assignee_team"), "valid_from", "valid_to"
    )
    in_force = (pl.col("valid_from") <= pl.col("at")) & (
        pl.col("valid_to").is_null() | (pl.col("at") < pl.col("valid_to"))
    )
    members = personal.join(periods, on="assignee").filter(in_force & (pl.col("assignee_team") == pl.col("team")))
    return members["row"]
