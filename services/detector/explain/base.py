"""What an explanation is: a named reason why a lookup was fine, declared over documented columns."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

PLAIN_COLUMNS = {
    "subject": "whose file it was, or null",
    "system": "source system",
    "is_own": "the subject is the viewer",
}
"""One row per lookup, for explanations that need no case link."""

CANDIDATE_COLUMNS = {
    "at": "moment of the lookup",
    "to_team": "the link is to the viewer's team (else to the viewer)",
    "link_kind": "assignment, task, contact or review",
    "valid_from": "start of the link",
    "valid_to": "end of the link, null while open",
    "arrived_later": "the link was registered after the lookup, by a system",
    "team_size": "members of the viewer's team on that day",
}
"""One row per lookup and case link of the viewer or the viewer's team to the same subject."""

FULL = 1000
"""Strengths are whole thousandths, so that ties and sums are exact."""


@dataclass(frozen=True)
class Margins:
    """Time margins of an agency, in minutes and days."""

    contact_before_minutes: int
    contact_after_minutes: int
    aftercare_days: int
    exempt_systems: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """A reason why a lookup was fine.

    `applies` is a Boolean expression over CANDIDATE_COLUMNS (or PLAIN_COLUMNS), `strength` one in thousandths.
    """

    id: str
    applies: pl.Expr
    strength: pl.Expr
    nl: str
    en: str


def covers() -> pl.Expr:
    """The link was in force at the moment of the lookup."""
    at = pl.col("at")
    return (pl.col("valid_from") <= at) & (pl.col("valid_to").is_null() | (at < pl.col("valid_to")))
