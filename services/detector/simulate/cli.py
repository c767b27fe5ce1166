"""The command `doelbinding simulate`: arguments into a dataset, with progress on a terminal and a summary after it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from services.detector.progress import shown_progress
from services.detector.simulate.simulation import SimulationReport, simulate


def simulate_command(
    out: Annotated[Path, typer.Argument(help="New or empty directory; the answers go to OUT-truth beside it.")],
    employees: Annotated[int, typer.Option(help="Size of the agency, 50 or more.")] = 300,
    weeks: Annotated[int, typer.Option(help="Length of the run in weeks, 1 to 520.")] = 3,
    seed: Annotated[int, typer.Option(help="The same seed gives the same agency.")] = 1,
    profile: Annotated[
        str,
        typer.Option(
            help="standard, hard (smaller, better hidden misuse, dirtier registers) or quiet (no misuse at all)."
        ),
    ] = "standard",
    json_output: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Simulate an agency with planted misuse: a dataset in OUT, and the answers in OUT-truth."""
    with shown_progress(quiet=json_output) as advance:
        report = simulate(out, employees, weeks, seed, advance, profile)
    typer.echo(json.dumps(_as_json(report)) if json_output else _as_text(report))


def _as_json(report: SimulationReport) -> dict[str, str | int]:
    return {name: value if isinstance(value, int) else str(value) for name, value in asdict(report).items()}


def _as_text(report: SimulationReport) -> str:
    return (
        f"{report.out}: {report.lookups:,} lookups by {report.employees:,} employees, "
        f"{report.first_day} to {report.last_day}, {report.links:,} links to {report.cases:,} cases.\n"
        f"{report.truth}: {report.scenarios} episodes of misuse in {report.misuse_lookups:,} lookups, "
        f"{report.odd_lookups:,} lawful lookups that look odd."
    )
