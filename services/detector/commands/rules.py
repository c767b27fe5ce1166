"""`doelbinding rules`: the rules, listed, shown and put to their cases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from services.core.errors import InputError
from services.detector.casebook.command import rules_test_command
from services.detector.commands.options import JsonOutput, RulesFile
from services.detector.inactive import RULES_REST_ON, inactive_rules
from services.detector.rules import RULES
from services.detector.rules.base import Rule
from services.detector.rules_page import classes, rule_section
from services.detector.settings import load_agency_settings
from services.detector.sources.registers import registers_present

rules_app = typer.Typer(no_args_is_help=True, help="The rules: list, show one, run their cases.")
rules_app.command("test")(rules_test_command)


@rules_app.command("list")
def list_rules(
    dataset: Annotated[
        Path | None, typer.Option("--dataset", help="Dataset directory: which registers there are.")
    ] = None,
    rules: RulesFile = None,
    json_output: JsonOutput = False,
) -> None:
    """All rules with class, family, version and maturity, and which are inactive and why."""
    settings = load_agency_settings(rules)
    why = inactive_rules(None if dataset is None else registers_present(dataset), settings)
    rows = [_rule_row(rule, why) for rule in RULES]
    if json_output:
        typer.echo(json.dumps(rows))
        return
    table = Table(Column("rule", no_wrap=True), "class", "family", "version", "maturity", "state", "title")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    console = Console()
    console.print(table)
    if dataset is None:
        asked = ", ".join(f"{rule} needs {register}" for rule, register in RULES_REST_ON.items())
        console.print(f"Some rules need a register that a dataset may lack ({asked}); --dataset DIR tells.")


@rules_app.command("show")
def show_rule(rule_id: Annotated[str, typer.Argument(help="Id of a rule; see: rules list.")]) -> None:
    """The whole page of one rule: what it flags, its factors, false positives, known gaps and next steps."""
    typer.echo(rule_section(rule_named(rule_id)))


def _rule_row(rule: Rule, inactive: Mapping[str, str]) -> dict[str, object]:
    state = f"inactive: {inactive[rule.id]}" if rule.id in inactive else "active"
    return {
        "rule": rule.id, "class": classes(rule), "family": rule.family, "version": rule.version,
        "maturity": rule.maturity, "state": state, "title": rule.title.en,
    }  # fmt: skip


def rule_named(rule_id: str) -> Rule:
    """The rule with this id. Raises InputError, with those that are known, if there is none."""
    for rule in RULES:
        if rule.id == rule_id:
            return rule
    raise InputError(f"rule '{rule_id}' is not known; known are: {', '.join(rule.id for rule in RULES)}")
