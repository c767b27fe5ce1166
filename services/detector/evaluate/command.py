"""`doelbinding evaluate`: the files of a run and its answers into figures on the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from services.core.errors import InputError
from services.detector.evaluate.inputs import read_run, run_faults, truth_directory, truth_faults
from services.detector.evaluate.judge import evaluate
from services.detector.evaluate.report import report


def evaluate_command(
    signals_path: Annotated[
        Path,
        typer.Argument(
            metavar="SIGNALS",
            help="Output directory of a re-scoring run, or a signals.parquet with its explained.parquet.",
        ),
    ],
    truth_path: Annotated[
        Path, typer.Argument(metavar="TRUTH", help="The -truth directory of the dataset, or the truth.parquet in it.")
    ],
    json_output: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")] = False,
) -> None:
    """Precision and recall at review budgets, explained and leak, and what was caught per kind of misuse.

    Raises InputError, with all faults of both sides at once, where files or columns are missing.
    """
    directory = truth_directory(truth_path)
    if faults := run_faults(signals_path) + truth_faults(directory):
        raise InputError(*faults)
    signals, explained = read_run(signals_path)
    evaluation = evaluate(signals, explained, directory)
    if json_output:
        typer.echo(evaluation.to_json())
    else:
        Console().print(report(evaluation))
