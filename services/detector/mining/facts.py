"""A history into the facts that steps rest on: who or what was joined to whom or what, from when until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from services.core.contract import INSTANT, Schema
from services.detector.mining.grammar import KINDS
from services.detector.periods import EMPLOYEE_KEY, RELATION_KEY, in_force

FACTS: Schema = {
    "source": pl.UInt32(),
    "target": pl.UInt32(),
    "start": INSTANT,
    "end": INSTANT,
    "maker": pl.UInt32(),
    "made_at": INSTANT,
}
"""One fact: two nodes by number, from when until when (null: still so), and which employee wrote it down when."""

NAMES_OF = {
    "employee_id": "employee",
    "assigned": "employee",
    "registrar": "employee",
    "bsn": "person",
    "team_id": "team",
    "assigned_team": "team",
}
"""Columns that hold the same kind of name; any other column has names of its own."""


@dataclass(frozen=True)
class Records:
    """The records of a dataset as its files hold them (schemas of the contract)."""

    lookups: pl.DataFrame
    links: pl.DataFrame
    employees: pl.DataFrame
    relations: pl.DataFrame


@dataclass(frozen=True)
class Coded:
    """The same records with every name as a number, and lookups with `state`; nothing but numbers leaves here."""

    lookups: pl.DataFrame
    links: pl.DataFrame
    employees: pl.DataFrame
    relations: pl.DataFrame


def coded(records: Records, states: pl.DataFrame) -> Coded:
    """Names into numbers, in the order of the names; `states` has lookup_id and state per lookup that was scored."""
    team = pl.col("assignee_kind") == "team"
    links = records.links.sort("registered_at", "link_id").unique("link_id", keep="last", maintain_order=True)
    links = links.with_columns(
        pl.when(~team).then("assignee_id").alias("assigned"),
        pl.when(team).then("assignee_id").alias("assigned_team"),
        pl.when(~pl.col("registered_by").str.starts_with("system:")).then("registered_by").alias("registrar"),
    )
    lookups = records.lookups.unique("lookup_id", keep="first", maintain_order=True)
    frames = {
        "lookups": lookups.join(states, on="lookup_id").sort("occurred_at", "lookup_id"),
        "links": links.sort("link_id"),
        "employees": in_force(records.employees, EMPLOYEE_KEY).sort("employee_id", "valid_from"),
        "relations": in_force(records.relations, RELATION_KEY).sort(*RELATION_KEY, "valid_from"),
    }
    return Coded(**_numbered(frames))


def _numbered(frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    names = ("case_id", "workstation", "street", "role", "department", *NAMES_OF)
    domains = {name: NAMES_OF.get(name, name) for name in names}
    values: dict[str, list[pl.Series]] = {}
    for frame in frames.values():
        for name in domains.keys() & set(frame.columns):
            values.setdefault(domains[name], []).append(frame[name].cast(pl.String))
    kinds = {domain: pl.Enum(pl.concat(parts).drop_nulls().unique().sort()) for domain, parts in values.items()}
    return {
        key: frame.with_columns(
            pl.col(name).cast(kinds[domain]).to_physical().cast(pl.UInt32)
            for name, domain in domains.items()
            if name in frame.columns
        )
        for key, frame in frames.items()
    }


def facts(history: Coded) -> dict[str, pl.DataFrame]:
    """Per kind of step (its id) the facts (FACTS), each once and sorted."""
    links, staff, looks = history.links, history.employees, history.lookups
    explained = looks.filter(pl.col("state") == "explained")
    since_ever = pl.lit(None, INSTANT)
    period = (pl.col("valid_from"), pl.col("valid_to"))
    link = (*period, pl.col("registrar"), pl.col("registered_at"))
    moment = (pl.col("occurred_at"), pl.col("occurred_at"))
    made = pl.col("registered_at")
    found = {
        "in-team": _facts(staff, "employee_id", "team_id", *period),
        "in-department": _facts(staff, "employee_id", "department", *period),
        "in-role": _facts(staff, "employee_id", "role", *period),
        "team-in-department": _facts(staff, "team_id", "department", since_ever, since_ever),
        "linked": _facts(links, "assigned", "bsn", *link),
        "team-linked": _facts(links, "assigned_team", "bsn", *link),
        "party": _facts(links, "case_id", "bsn", *link),
        "on-case": _facts(links, "assigned", "case_id", *link),
        "team-on-case": _facts(links, "assigned_team", "case_id", *link),
        "registered": _facts(links, "registrar", "bsn", made, made, pl.col("registrar"), made),
        "looked": _facts(explained, "employee_id", "bsn", *moment),
        "looked-from": _facts(explained, "workstation", "bsn", *moment),
        "at-workstation": _facts(_daily(looks), "employee_id", "workstation", pl.col("first"), pl.col("last")),
        "related": _facts(history.relations, "employee_id", "bsn", *period),
        "lives-in": _facts(looks, "bsn", "street", since_ever, since_ever),
        "own-address": _facts(staff, "employee_id", "street", *period),
    }
    return {kind.id: found[kind.id] for kind in KINDS}


def _daily(looks: pl.DataFrame) -> pl.DataFrame:
    """First and last use of a workstation by an employee per day (UTC)."""
    day = pl.col("occurred_at").dt.date().alias("day")
    return looks.group_by("employee_id", "workstation", day).agg(
        pl.col("occurred_at").min().alias("first"), pl.col("occurred_at").max().alias("last")
    )


def _facts(
    frame: pl.DataFrame,
    source: str,
    target: str,
    start: pl.Expr,
    end: pl.Expr,
    maker: pl.Expr | None = None,
    made_at: pl.Expr | None = None,
) -> pl.DataFrame:
    maker = pl.lit(None, pl.UInt32) if maker is None else maker
    made_at = pl.lit(None, INSTANT) if made_at is None else made_at
    return (
        frame.select(
            pl.col(source).alias("source"), pl.col(target).alias("target"), start.alias("start"), end.alias("end"),
            maker.alias("maker"), made_at.alias("made_at"),
        )
        .drop_nulls(["source", "target"]).cast(pl.Schema(FACTS)).unique().sort(list(FACTS))
    )  # fmt: skip
