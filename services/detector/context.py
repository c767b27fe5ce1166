"""Unexplained lookups into lookups with their surroundings: did anyone, or the own team, have this person's case."""

from __future__ import annotations

import polars as pl

from services.detector.explain.base import covers
from services.detector.registers import Registers


def add_context(judged: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """Adds anyone_had_case and team_had_case: links of others in force at the moment and known when grace ended."""
    at_stake = judged.filter(pl.col("explained_at").is_null() | (pl.col("explained_at") > pl.col("grace_end"))).select(
        "row", "at", "team", "subject", "subject_check", "grace_end"
    )
    links = registers.links.rows(at_stake["subject"]).rename({"subject_check": "link_check"})
    known = pl.col("known_from") <= pl.col("grace_end")
    cases = at_stake.join(links, on="subject").filter(
        (pl.col("link_check") == pl.col("subject_check")) & covers() & known
    )
    colleagues = _assigned_to_team(cases, registers)
    anyone = cases.select("row", pl.lit(True).alias("anyone_had_case")).unique()
    return (
        judged.join(anyone, on="row", how="left", maintain_order="left")
        .join(colleagues, on="row", how="left", maintain_order="left")
        .with_columns(pl.col("anyone_had_case", "team_had_case").fill_null(value=False))
    )


def _assigned_to_team(cases: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """Rows whose person was a case of somebody in the viewer's team at that moment."""
    personal = cases.filter(~pl.col("to_team")).select("row", "at", "team", "assignee")
    periods = registers.employees.rows(personal["assignee"]).select(
        pl.col("employee").alias("assignee"), pl.col("team").alias("assignee_team"), "valid_from", "valid_to"
    )
    in_force = (pl.col("valid_from") <= pl.col("at")) & (
        pl.col("valid_to").is_null() | (pl.col("at") < pl.col("valid_to"))
    )
    members = personal.join(periods, on="assignee").filter(in_force & (pl.col("assignee_team") == pl.col("team")))
    return members.select("row", pl.lit(True).alias("team_had_case")).unique()
