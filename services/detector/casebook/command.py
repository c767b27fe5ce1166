"""`doelbinding rules test`: a folder of cases into a table of what failed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from services.core.errors import DoelbindingError, InputError
from services.detector.casebook import CaseResult, run_cases

DEFAULT_DIRECTORY = Path("tests/rules")


def rules_test_command(
    directory: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Folder of cases, a YAML file per rule; default: tests/rules.")
    ] = None,
    json_output: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Run the rules' cases through the engine, in one slice and in several."""
    if directory is None and not DEFAULT_DIRECTORY.is_dir():
        raise InputError(
            f"{DEFAULT_DIRECTORY}: there is no such folder here; run this in a checkout, "
            "or name the folder of cases: doelbinding rules test DIR"
        )
    results = run_cases(directory or DEFAULT_DIRECTORY)
    failed = [result for result in results if not result.passed]
    if json_output:
        told = {"cases": len(results), "failed": len(failed), "results": [asdict(result) for result in results]}
        typer.echo(json.dumps(told))
    else:
        _print(results, failed)
    if failed:
        raise DoelbindingError(f"{len(failed)} of {len(results)} cases failed")


def _print(results: Sequence[CaseResult], failed: Sequence[CaseResult]) -> None:
    console = Console()
    table = Table("file", "cases", "failed")
    for file in dict.fromkeys(result.file for result in results):
        of_file = [result for result in results if result.file == file]
        table.add_row(file, str(len(of_file)), str(sum(not result.passed for result in of_file)))
    console.print(table)
    for result in failed:
        console.print(f"{result.file}: {result.name}", markup=False, highlight=False)
        for fault in result.faults:
            console.print(f"  {fault}", markup=False, highlight=False)
    if not failed:
        console.print(f"{len(results)} cases passed, each in one slice and in several")
