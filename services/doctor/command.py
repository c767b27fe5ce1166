"""`doelbinding doctor`: examines an installation and says what to do."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from services.core.clock import SystemClock
from services.detector.commands.options import check_address
from services.doctor.examination import Asked, examine
from services.doctor.findings import Finding, Status, number

STYLES = {Status.OK: "green", Status.WARNING: "yellow", Status.FAULT: "bold red"}


def doctor_command(
    home: Annotated[Path | None, typer.Option("--home", help="Folder of key ring, tokens and databases.")] = None,
    rules: Annotated[Path | None, typer.Option("--rules", help="Settings of the agency (TOML) to examine.")] = None,
    dataset: Annotated[Path | None, typer.Option("--dataset", help="Dataset directory to examine.")] = None,
    api: Annotated[str | None, typer.Option("--api", help="Base URL of a running API to call.")] = None,
    json_output: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Examine this installation and say what to do; changes nothing. Exits with 1 if there is a fault."""
    if api is not None:
        check_address("--api", api)
    findings = list(examine(Asked(home, rules, dataset, api), SystemClock()))
    counts = Counter(finding.status for finding in findings)
    if json_output:
        typer.echo(json.dumps(_as_json(findings, counts)))
    else:
        _print(findings, counts)
    if counts[Status.FAULT]:
        raise typer.Exit(1)


def _as_json(findings: Sequence[Finding], counts: Counter[Status]) -> dict[str, object]:
    told = [{"check": each.check, "status": each.status.value, "message": each.message} for each in findings]
    return {"findings": told, "faults": counts[Status.FAULT], "warnings": counts[Status.WARNING]}


def _print(findings: Sequence[Finding], counts: Counter[Status]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    for column in ("status", "check"):
        table.add_column(column, no_wrap=True)
    table.add_column("message", overflow="fold")
    for finding in findings:
        style = STYLES[finding.status]
        table.add_row(Text(finding.status.value, style), Text(finding.check), Text(finding.message))
    console = Console(highlight=False)
    console.print(table)
    faults = number(counts[Status.FAULT], "fault", "faults")
    warnings = number(counts[Status.WARNING], "warning", "warnings")
    console.print(f"\n{faults}, {warnings}, {counts[Status.OK]} in order.")
