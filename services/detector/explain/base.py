"""What an explanation is: a named reason why a lookup was fine, declared over documented columns."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

PLAIN_COLUMNS = {
    "action": "search, view, edit, print or export",
    "record_count": "records shown, printed or exported",
    "mandated": "a mandate of the settings covers this viewer, system and moment",
    "subject": "whose file it was, or null",
    "system": "source system",
    "is_own": "the subject is the viewer",
    "claimed_case": "key of the case that the screen was in, or null; of a read of signals: whose work it was",
}
"""One row per lookup, for explanations that need no case link."""

CANDIDATE_COLUMNS = {
    "at": "moment of the lookup",
    "to_team": "the link is to the viewer's team (else to the viewer)",
    "link_kind": "assignment, task, contact or review; of derived rows linked-person or self-report",
    "valid_from": "start of the link",
    "valid_to": "end of the link, null while open",
    "arrived_later": "the link was registered after the lookup, by a system",
    "team_size": "members of the viewer's team on that day; 1 for a link to the viewer",
}
"""One row per lookup and case link of the viewer or the viewer's team to the same subject."""

SURROUNDING_COLUMNS = {
    "kind": "how the other row is related: same-viewer, same-subject or colleague-case",
    "only_looked": "the lookup was a search or a view",
    "searched_by": "what was searched by, or null",
    "ordinary": "nobody's own file, family's or a colleague's; or a staff file before who handles them",
    "seconds": "seconds from the lookup to the other one; negative: the other came first",
    "other_searched_by": "what the other lookup was searched by, or null",
    "two_slips": "the two BSNs are two slips of the keyboard apart",
    "leads": "the viewer leads the colleague's team",
    "colleague_absent": "the colleague had leave at that moment, or looked at nothing that day",
    "working_day": "the local day was a working day",
}
"""One row per lookup that no own or team link explains and another row that tells of it: an explained lookup of the
same viewer, an explained lookup of the same subject by somebody else, or a case link of a colleague of the team."""

LINKED_PERSON, SELF_REPORT = "linked-person", "self-report"
MANDATE = "mandate"
DERIVED = (LINKED_PERSON, SELF_REPORT)
"""Kinds of link rows that other registers than the case links say; no case of the person itself."""

OF_CASES = ("assignment", "task", "review")
"""Kinds of links that give a reason to open files; a contact is about its own person, around its own moment."""

FULL = 1000
"""Strengths are whole thousandths, so that ties and sums are exact."""


SMALL_TEAM = 12


def by_team_size(strength: int) -> pl.Expr:
    """A strength that falls with the size of the team beyond a team of twelve; of the viewer's own links it stays."""
    return (strength * SMALL_TEAM) // pl.max_horizontal("team_size", pl.lit(SMALL_TEAM))


@dataclass(frozen=True)
class Margins:
    """Time margins of an agency, in minutes and days."""

    contact_before_minutes: int
    contact_after_minutes: int
    aftercare_days: int
    exempt_systems: tuple[str, ...]
    mistyped_seconds: int = 0
    namesake_minutes: int = 0
    consultation_minutes: int = 0
    registration_minutes: int = 0
    systems_without_cases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """A reason why a lookup was fine.

    `applies` is a Boolean expression over PLAIN_COLUMNS, CANDIDATE_COLUMNS or SURROUNDING_COLUMNS, `strength` one in
    thousandths.
    """

    id: str
    applies: pl.Expr
    strength: pl.Expr
    nl: str
    en: str


def made_afterwards(margins: Margins) -> pl.Expr:
    """The viewer registered the link themselves, too long after the lookup to have been at work on it already."""
    too_late = pl.col("known_from") > pl.col("at") + pl.duration(minutes=margins.registration_minutes)
    return too_late & pl.col("registered_by_employee").eq_missing(pl.col("employee"))


def in_one_sitting(margins: Margins) -> pl.Expr:
    """The viewer registers an own case, which begins only then, so soon after the lookup that both are one work."""
    soon = pl.col("at") + pl.duration(minutes=margins.registration_minutes)
    begins = pl.col("valid_from").is_between(pl.col("at"), soon) & (pl.col("known_from") <= soon)
    by_viewer = pl.col("registered_by_employee").eq_missing(pl.col("employee")) & ~pl.col("to_team")
    return begins & by_viewer & pl.col("link_kind").is_in(OF_CASES)


def covers() -> pl.Expr:
    """The link was in force at the moment of the lookup."""
    at = pl.col("at")
    return (pl.col("valid_from") <= at) & (pl.col("valid_to").is_null() | (at < pl.col("valid_to")))
