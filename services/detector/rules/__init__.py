"""The rules, in order of weight: of two rules of one family that fire, the first names the signal."""

from __future__ import annotations

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
    long_watch,
    no_case_link,
    off_hours,
    own_file,
    own_street,
    relative_file,
    repeated_no_case_link,
    retroactive_link,
    shared_account,
    staff_file_bypass,
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
    volume_own.RULE,
    volume_peers.RULE,
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
ORDINARY = (OWN_STREET, UNEXPLAINED)
"""Families of ordinary files: what explains a lookup in time leaves nothing of it, and there is grace."""
SPECIAL = ("own-file", "relative", "staff-file")
"""Families of special files: a case link does not lift the conflict of interest, and there is no grace."""
AT_ONCE = (*SPECIAL, RETROACTIVE, EXPORTS, ENUMERATION, SHARED)
"""Families of class P of one employee: pushed at once."""
OF_DAYS = (EXPORTS, ENUMERATION, VOLUME, PEERS)
"""Families whose signals are about an employee's local date (of a week: its Monday), not about a person."""
MANY_PERSONS = (OWN_STREET, SHARED, *OF_DAYS)
"""Families of signals about one employee and many persons."""

AGAINST_OTHERS = (EXPORTS, VOLUME, PEERS)
"""Families whose signals depend on what other employees do."""
BESIDES = (EXPORTS, ENUMERATION, SHARED)
"""Families in which a lookup counts beside the one that it belongs to."""


def rules_of(family: str) -> tuple[Rule, ...]:
    """The rules of one family, strongest first."""
    return tuple(rule for rule in RULES if rule.family == family)
