"""Contributions into contributions with their surroundings: whose case the person was, and what was written later."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from services.core.contract import INSTANT
from services.detector.explain import contact
from services.detector.explain.base import Margins, covers, made_afterwards
from services.detector.leave import away
from services.detector.registers import Registers

A_WORKDAY = timedelta(hours=12)
"""A contact that began longer ago was another one."""
THE_NEXT_DAYS = timedelta(days=2)
"""A case that begins later is new work, not a reason for the look."""


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
    rows = contributions.drop("row").with_row_index("row")
    asked = rows.select("row", "at", "employee", "team", "subject", "subject_check", "grace_end", "claimed_case")
    links = registers.links.rows(asked["subject"]).rename({"subject_check": "link_check"})
    cases = asked.join(links, on="subject").filter(pl.col("link_check") == pl.col("subject_check"))
    afterwards = made_afterwards(margins)
    in_force = cases.filter(covers() & (pl.col("known_from") <= pl.col("grace_end")) & ~afterwards)
    then = contact.build(margins).applies & (pl.col("at") <= pl.col("valid_from") + A_WORKDAY)
    begun = pl.col("valid_from") <= pl.col("at") + THE_NEXT_DAYS
    about_it = cases.filter(afterwards & pl.when(pl.col("link_kind") == "contact").then(then).otherwise(begun))
    about_it = _without_continued(about_it, cases.filter(~afterwards))
    registered = about_it.group_by("row").agg(pl.col("known_from").min().alias("retroactive_at"))
    return (
        rows.join(registered, on="row", how="left", maintain_order="left")
        .join(_claims(cases, asked, registers), on="row", how="left", maintain_order="left")
        .with_columns(
            pl.col("row").is_in(in_force["row"].unique().implode()).alias("anyone_had_case"),
            pl.col("row").is_in(_assigned_to_team(in_force, registers).implode()).alias("team_had_case"),
            pl.col("row").is_in(_dormant(cases.filter(~afterwards), dormant_months).implode()).alias("dormant"),
        )
        .with_columns((away(rows, registers, "employee") <= rows["grace_end"]).fill_null(value=False).alias("on_leave"))
        .drop("row")
    )


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
    if asked["claimed_case"].null_count() == asked.height:
        return pl.DataFrame(schema={"row": asked.schema["row"], "claim_known_at": INSTANT})
    claims = [cases.select("row", "case", "claimed_case", "known_from")]
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
    personal = cases.filter(~pl.col("to_team")).select("row", "at", "team", "assignee")
    if personal.is_empty():
        return personal["row"]
    periods = registers.employees.rows(personal["assignee"]).select(
        pl.col("employee").alias("assignee"), pl.col("team").alias("assignee_team"), "valid_from", "valid_to"
    )
    in_force = (pl.col("valid_from") <= pl.col("at")) & (
        pl.col("valid_to").is_null() | (pl.col("at") < pl.col("valid_to"))
    )
    members = personal.join(periods, on="assignee").filter(in_force & (pl.col("assignee_team") == pl.col("team")))
    return members["row"].unique()
