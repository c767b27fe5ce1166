"""Settings and the registers at hand into the rules and explanations that do nothing, each with the reason."""

from __future__ import annotations

from collections.abc import Collection

from services.detector.settings import AgencySettings

RULES_REST_ON = {"no-confidentiality-statement": "statements"}
"""Rules that need an optional register."""
EXPLANATIONS_REST_ON = {"linked-person": "case-parties", "self-report": "self-reports"}
"""Explanations that need an optional register."""
BY_SETTING = {"mandate": "mandate", "no-case-expected": "system without cases"}
"""Explanations that rest on what the settings name."""


def inactive_rules(registers: Collection[str] | None, settings: AgencySettings) -> dict[str, str]:
    """Why, by rule id. `registers` are the names of those that were delivered; null: not known, so nobody is blamed."""
    lacking = {rule: _without(name) for rule, name in RULES_REST_ON.items() if not _is_there(name, registers)}
    unused = {} if settings.statement_systems else {"no-confidentiality-statement": "statement_systems names no system"}
    return {**unused, **lacking, **{rule: f"off: {reason}" for rule, reason in settings.rules_off.items()}}


def inactive_explanations(registers: Collection[str] | None, settings: AgencySettings) -> dict[str, str]:
    """Why, by explanation."""
    lacking = {each: _without(name) for each, name in EXPLANATIONS_REST_ON.items() if not _is_there(name, registers)}
    named = {"mandate": settings.mandates, "no-case-expected": settings.systems_without_cases}
    unset = {each: f"the settings name no {words}" for each, words in BY_SETTING.items() if not named[each]}
    return lacking | unset


def _is_there(register: str, registers: Collection[str] | None) -> bool:
    return registers is None or register in registers


def _without(register: str) -> str:
    return f"there is no register {register}"
