"""Registers into the rules that cannot do their work for want of input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from services.detector.enrich import FORMER, KIN
from services.detector.inactive import RULES_REST_ON, inactive_rules
from services.detector.rules import RULES
from services.detector.settings import AgencySettings
from services.detector.sources.registers import REGISTERS
from services.doctor.findings import Finding, fault, ok, warning

KNOWN_RULES = frozenset(rule.id for rule in RULES)
IS_KIN = pl.col("kind").is_in(KIN)
IS_FORMER = (pl.col("kind") == "ex_partner") | (pl.col("kind").is_in(FORMER) & pl.col("valid_to").is_not_null())


@dataclass(frozen=True)
class Need:
    """A rule, the rows of a register that it cannot do without, and their name for a person."""

    rule: str
    register: str
    rows: pl.Expr
    words: str
    effect: str = "is inactive"


NEEDS = (
    Need("relative-file", "relations", IS_KIN, "partner, child, parent, sibling or other relative"),
    Need("ex-partner-file", "relations", IS_FORMER, "ex-partner, and no partner or household that ended"),
    Need("household-file", "relations", pl.col("kind") == "household", "household member"),
    Need(
        "own-street",
        "employees",
        pl.col("street").is_not_null(),
        "street of an employee",
        "sees only searches by address",
    ),
    Need("leaver", "employees", pl.col("valid_to").is_not_null(), "end of an employment (valid_to)"),
)


def examine_needs(registers: Mapping[str, pl.DataFrame], settings: AgencySettings | None) -> list[Finding]:
    """Frames by register; relations count by the sources that may be used to monitor (all if settings are unknown)."""
    usable = dict(registers)
    if settings is not None and "relations" in usable:
        usable["relations"] = usable["relations"].filter(pl.col("source").is_in(settings.sources_for_monitoring()))
    inactive = [
        _inactive(need, usable[need.register], registers[need.register])
        for need in NEEDS
        if need.rule in KNOWN_RULES and need.register in usable and usable[need.register].filter(need.rows).is_empty()
    ]
    whole = registers.keys() >= REGISTERS.keys()
    optional = _optional(registers, settings or AgencySettings()) if whole else []
    found = [*_without_work(usable), *_without_authority(usable), *inactive, *optional]
    return found or ([ok("rules", "every rule has the input that it needs")] if whole else [])


def _optional(registers: Mapping[str, pl.DataFrame], settings: AgencySettings) -> list[Finding]:
    """Rules that rest on a register which a dataset may lack, or that are switched off."""
    why = inactive_rules(registers.keys(), settings)
    told = [
        f"{rule} is switched off: {settings.rules_off[rule]}"
        if rule in settings.rules_off
        else f"{rule} is inactive: {reason}; {_remedy(rule, registers)}, or know what this rule cannot see"
        for rule, reason in why.items()
    ]
    return [warning("rules", sentence) for sentence in [*told, *_without_statements(registers, settings)]]


def _remedy(rule: str, registers: Mapping[str, pl.DataFrame]) -> str:
    """What would wake the rule: its register, or else the setting that names what it looks at."""
    return "name one" if RULES_REST_ON.get(rule) in registers else "deliver it"


def _without_statements(registers: Mapping[str, pl.DataFrame], settings: AgencySettings) -> list[str]:
    """A sentence for each system that needs statements of which the register has none."""
    if "statements" not in registers:
        return []
    known = set(registers["statements"]["system"].unique())
    effect = "so that everybody who uses it gets a signal; deliver them, or change statement_systems"
    return [
        f"no-confidentiality-statement: statements hold none for {system}, {effect}"
        for system in settings.statement_systems
        if system not in known
    ]


def _inactive(need: Need, usable: pl.DataFrame, delivered: pl.DataFrame) -> Finding:
    if usable.height < delivered.height and not delivered.filter(need.rows).is_empty():
        remedy = (
            "the rows of that kind come from sources that may not be used; see relation_sources and brp_legal_basis"
        )
    else:
        remedy = f"deliver them in {need.register}, or know what this rule cannot see"
    return warning("rules", f"{need.rule} {need.effect}: {need.register} hold no {need.words}; {remedy}")


def _without_work(registers: Mapping[str, pl.DataFrame]) -> list[Finding]:
    found = []
    if "employees" in registers and registers["employees"].is_empty():
        found.append(
            fault("rules", "employees is empty: no file is known as anybody's own or a colleague's; deliver it")
        )
    if "case-links" in registers and registers["case-links"].is_empty():
        found.append(fault("rules", "case-links is empty: no lookup can be explained by work; deliver them"))
    return found


def _without_authority(registers: Mapping[str, pl.DataFrame]) -> list[Finding]:
    employees = registers.get("employees")
    if employees is None or employees.is_empty() or employees["eigen_personeel"].any():
        return []
    return [
        warning(
            "rules",
            "staff-file-bypass: no employee has eigen_personeel, so that every look into a staff file counts as one "
            "outside the department; mark those who may handle staff files",
        )
    ]
