"""The rules, in order of weight: of two rules of one family that fire, the first names the signal."""

from __future__ import annotations

from services.detector.rules import (
    bulk_export,
    colleague_file,
    ex_partner_file,
    household_file,
    no_case_link,
    own_file,
    relative_file,
    repeated_no_case_link,
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
    bulk_export.RULE,
    repeated_no_case_link.RULE,
    no_case_link.RULE,
    volume_own.RULE,
    volume_peers.RULE,
)

check_columns(RULES)

FAMILIES: tuple[str, ...] = tuple(dict.fromkeys(rule.family for rule in RULES))
"""Families in order of weight: a lookup counts in the first family that it hits."""

UNEXPLAINED = "no-case-link"
VOLUME = "volume-own"
EXPORTS = "bulk-export"
PEERS = "volume-peers"
OF_DAYS = (EXPORTS, VOLUME, PEERS)
"""Families whose signals are about an employee's local date (of a week: its Monday), not about a person."""

AT_ONCE: tuple[str, ...] = tuple(family for family in FAMILIES if family not in (UNEXPLAINED, VOLUME, PEERS))
"""Families of class P: no grace, pushed at once."""


def rules_of(family: str) -> tuple[Rule, ...]:
    """The rules of one family, strongest first."""
    return tuple(rule for rule in RULES if rule.family == family)
