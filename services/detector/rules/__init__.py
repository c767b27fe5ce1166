"""The rules, in order of weight: of two rules of one family that fire, the first names the signal."""

from __future__ import annotations

import hashlib

from services.core import reading
from services.detector.rules import (
    break_glass,
    bulk_export,
    colleague_file,
    curiosity_burst,
    dormant_file,
    enumeration,
    ex_partner_file,
    false_case_claim,
    household_file,
    leaver,
    long_watch,
    no_case_link,
    no_confidentiality_statement,
    off_hours,
    own_file,
    own_street,
    reader_not_assigned,
    reader_with_interest,
    relative_file,
    repeated_no_case_link,
    retroactive_link,
    reveal_rate,
    search_by_name_or_address,
    shared_account,
    staff_file_bypass,
    unexplained_share,
    volume_own,
    volume_peers,
)
from services.detector.rules.base import Rule, check_columns

RULES: tuple[Rule, ...] = (
    own_file.RULE,
    relative_file.RULE,
    ex_partner_file.RULE,
    household_file.RULE,
    colleague_file.RULE,
    staff_file_bypass.RULE,
    retroactive_link.RULE,
    bulk_export.RULE,
    enumeration.RULE,
    shared_account.RULE,
    curiosity_burst.RULE,
    own_street.RULE,
    long_watch.RULE,
    break_glass.RULE,
    false_case_claim.RULE,
    repeated_no_case_link.RULE,
    dormant_file.RULE,
    off_hours.RULE,
    no_case_link.RULE,
    no_confidentiality_statement.RULE,
    volume_own.RULE,
    volume_peers.RULE,
    unexplained_share.RULE,
    search_by_name_or_address.RULE,
    leaver.RULE,
    reader_with_interest.RULE,
    reader_not_assigned.RULE,
    reveal_rate.RULE,
)

check_columns(RULES)

FAMILIES: tuple[str, ...] = tuple(dict.fromkeys(rule.family for rule in RULES))
"""Families in order of weight: a lookup counts in the first family that it hits."""

UNEXPLAINED = "no-case-link"
OWN_STREET = "own-street"
RETROACTIVE = "retroactive-link"
BURST = "curiosity-burst"
VOLUME = "volume-own"
EXPORTS = "bulk-export"
PEERS = "volume-peers"
ENUMERATION = "enumeration"
SHARED = "shared-account"
SHARE = "unexplained-share"
SEARCH = "search-by-name-or-address"
LEAVER = "leaver"
STATEMENTS = "no-confidentiality-statement"
INTEREST = reading.WITH_INTEREST
NOT_ASSIGNED = reading.NOT_ASSIGNED
REVEALS = reading.REVEAL_RATE
READERS = (INTEREST, NOT_ASSIGNED, REVEALS)
"""Families of reads of signals: they are judged apart from all others, draw no tokens and take nobody's place."""
ORDINARY = (OWN_STREET, UNEXPLAINED)
"""Families of ordinary files: what explains a lookup in time leaves nothing of it, and there is grace."""
STAFF_FILES = "staff-file"
SPECIAL = ("own-file", "relative", STAFF_FILES)
"""Families of special files: a case link does not lift the conflict of interest, and there is no grace."""
CONFLICTS = (*SPECIAL, INTEREST)
"""Families in which that it was somebody's work makes a conflict of interest of it."""
ON_ARRIVAL = (*CONFLICTS, NOT_ASSIGNED)
"""Families in which a lookup counts as soon as it is there."""
AT_ONCE = (*SPECIAL, RETROACTIVE, EXPORTS, ENUMERATION, SHARED)
"""Families of class P of one employee: pushed at once."""
OF_MONTHS = (SHARE, SEARCH)
"""Families whose signals are about an employee's calendar month."""
OF_DAYS = (EXPORTS, ENUMERATION, VOLUME, PEERS, *OF_MONTHS, LEAVER, NOT_ASSIGNED, REVEALS)
"""Families whose signals are about an employee's local date, not about a person: of a week its Monday, of a month its
first day, of somebody who leaves the last day of employment."""
SEARCHED = ("name", "address")
"""What is not a number of the file: whoever searches by it chooses the person."""
MANY_PERSONS = (OWN_STREET, SHARED, STATEMENTS, *OF_DAYS)
"""Families of signals about one employee and many persons."""

AGAINST_OTHERS = (EXPORTS, VOLUME, PEERS, *OF_MONTHS, LEAVER, REVEALS)
"""Families whose signals depend on what other employees do."""
BESIDES = (EXPORTS, ENUMERATION, SHARED, STATEMENTS, REVEALS)
"""Families in which a lookup counts beside the one that it belongs to."""


def rule_set() -> str:
    """Eight characters that are others whenever a rule came, went, or has another version."""
    versions = ",".join(f"{rule.id}:{rule.version}" for rule in RULES)
    return hashlib.sha256(versions.encode()).hexdigest()[:8]


def rules_of(family: str) -> tuple[Rule, ...]:
    """The rules of one family, strongest first."""
    return tuple(rule for rule in RULES if rule.family == family)
