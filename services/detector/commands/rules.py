"""`doelbinding rules`: the rules, listed, shown and put to their cases."""

from __future__ import annotations

import json
from typing import Annotated

import polars as pl
import typer
from rich.console import Console
from rich.table import Column, Table

from services.core.errors import InputError
from services.detector.casebook.command import rules_test_command
from services.detector.commands.options import JsonOutput
from services.detector.rules import RULES
from services.detector.rules.base import Rule

rules_app = typer.Typer(no_args_is_help=True, help="The rules: list, show one, run their cases.")
rules_app.command("test")(rules_test_command)


@rules_app.command("list")
def list_rules(json_output: JsonOutput = False) -> None:
    """All rules with class, family, version and maturity."""
    if json_output:
        typer.echo(json.dumps([_rule_row(rule) for rule in RULES]))
        return
    table = Table(Column("rule", no_wrap=True), "class", "family", "version", "maturity", "title")
    for rule in RULES:
        table.add_row(*(str(value) for value in _rule_row(rule).values()))
    Console().print(table)


@rules_app.command("show")
def show_rule(rule_id: Annotated[str, typer.Argument(help="Id of a rule; see: rules list.")]) -> None:
    """One rule in words: what it rests on, its false positives, known gaps and next steps."""
    rule = _rule(rule_id)
    lines = [
        f"{rule.id} (version {rule.version}, family {rule.family})",
        rule.title.en,
        rule.title.nl,
        "",
        rule.legal_basis,
    ]
    for heading, items in (
        ("False positives", rule.false_positives),
        ("Known gaps", rule.known_gaps),
        ("Next steps", rule.next_steps),
        ("Factors", tuple(f"{factor.id}: {factor.text.en}" for factor in rule.factors)),
    ):
        lines += ["", f"{heading}:", *(f"- {item}" for item in items)]
    typer.echo("\n".join(lines))


def _rule_row(rule: Rule) -> dict[str, object]:
    return {
        "rule": rule.id, "class": _classes(rule), "family": rule.family, "version": rule.version,
        "maturity": rule.maturity, "title": rule.title.en,
    }  # fmt: skip


def _classes(rule: Rule) -> str:
    return "B/C" if rule.rule_class.meta.root_names() else str(pl.select(rule.rule_class).item())


def _rule(rule_id: str) -> Rule:
    for rule in RULES:
        if rule.id == rule_id:
            return rule
    raise InputError(f"rule '{rule_id}' is not known; known are: {', '.join(rule.id for rule in RULES)}")
