"""`doelbinding evaluate`: the files of a run and its answers into figures on the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from services.core.errors import InputError
from services.detector.commands.options import RulesFile
from services.detector.evaluate.evaluation import Evaluation
from services.detector.evaluate.inputs import read_run, run_faults, truth_directory, truth_faults
from services.detector.evaluate.judge import evaluate
from services.detector.evaluate.probing import open_history, probe
from services.detector.evaluate.report import report
from services.detector.settings import AgencySettings, load_agency_settings
from services.detector.sources.dataset import dataset_faults

PROBES = 2000
SEED = 1
TRUTH_ENDING = "-truth"


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
    dataset: Annotated[
        Path | None,
        typer.Option("--dataset", help="The dataset that was scored; default: TRUTH without -truth, if it is there."),
    ] = None,
    probes: Annotated[
        int,
        typer.Option("--probes", min=0, help="Made-up looks at open cases, of other teams and of the own; 0: none."),
    ] = PROBES,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed makes the same probes.")] = SEED,
    rules: RulesFile = None,
    json_output: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")] = False,
) -> None:
    """Precision and recall at review budgets, explained and leak, and what was caught per kind of misuse."""
    directory = truth_directory(truth_path)
    beside = dataset or _beside(directory)
    faults = run_faults(signals_path) + truth_faults(directory) + (dataset_faults(beside) if beside else [])
    settings = _settings(rules, faults)
    evaluation = _evaluated(signals_path, directory, beside, settings, probes, seed)
    if json_output:
        typer.echo(evaluation.to_json())
    else:
        Console().print(report(evaluation))


def _settings(rules: Path | None, faults: list[str]) -> AgencySettings:
    """The settings. Raises InputError with these faults and theirs."""
    try:
        settings = load_agency_settings(rules)
    except InputError as error:
        raise InputError(*faults, *error.faults) from error
    if faults:
        raise InputError(*faults)
    return settings


def _beside(truth: Path) -> Path | None:
    """The dataset that the answers belong to, by their name."""
    whole = truth.resolve()
    dataset = whole.with_name(whole.name.removesuffix(TRUTH_ENDING))
    return dataset if dataset != whole and dataset.is_dir() else None


def _evaluated(
    signals_path: Path, truth: Path, dataset: Path | None, settings: AgencySettings, probes: int, seed: int
) -> Evaluation:
    signals, explained = read_run(signals_path)
    if dataset is None:
        return evaluate(signals, explained, truth)
    history = open_history(dataset)
    made = probe(history, settings, probes, seed) if probes else None
    return evaluate(signals, explained, truth, history.staff(), made)
