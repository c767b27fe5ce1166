"""The rules, in order of weight: of two rules of one family that fire, the first names the signal."""

from __future__ import annotations

from services.detector.rules import (
    bulk_export,
    colleague_file,
    curiosity_burst,
    ex_partner_file,
    household_file,
    no_case_link,
    no_confidentiality_statement,
    own_file,
    own_street,
    relative_file,
    repeated_no_case_link,
    retroactive_link,
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
    curiosity_burst.RULE,
    own_street.RULE,
    repeated_no_case_link.RULE,
    no_case_link.RULE,
    no_confidentiality_statement.RULE,
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
STATEMENTS = "no-confidentiality-statement"
ORDINARY = (OWN_STREET, UNEXPLAINED)
"""Families of ordinary files: what explains a lookup in time leaves nothing of it, and there is grace."""
SPECIAL = ("own-file", "relative", "staff-file")
"""Families of special files: a case link does not lift the conflict of interest, and there is no grace."""
AT_ONCE = (*SPECIAL, RETROACTIVE, EXPORTS)
"""Families of class P of one employee: pushed at once."""
OF_DAYS = (EXPORTS, VOLUME, PEERS)
"""Families whose signals are about an employee's local date (of a week: its Monday), not about a person."""
MANY_PERSONS = (OWN_STREET, STATEMENTS, *OF_DAYS)
"""Families of signals about one employee and many persons."""


def rules_of(family: str) -> tuple[Rule, ...]:
    """The rules of one family, strongest first."""
    return tuple(rule for rule in RULES if rule.family == family)
