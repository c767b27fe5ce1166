"""`doelbinding rescore`: a historic log in batch."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import numpy as np
import polars as pl
import typer
from rich.console import Console
from rich.table import Table

from services.core.calendar import AgencyCalendar
from services.core.client_settings import DETECTOR, load_client_settings, open_account
from services.core.clock import SystemClock
from services.core.errors import InputError
from services.core.keyring import open_key_ring
from services.core.pseudonyms import Pseudonymiser
from services.core.settings import default_home
from services.core.vault_keys import open_public_key
from services.detector.commands.options import Home, JsonOutput, RulesFile, check_address
from services.detector.encode import Encoder
from services.detector.progress import shown_progress, warn
from services.detector.rescore import Period, Rescored, coverage, rescore, write
from services.detector.sealing import Sealer
from services.detector.settings import AgencySettings, load_agency_settings
from services.detector.sources.dataset import Dataset, dataset_faults

COMPARED_BY = ("signal_id", "content_hash")
"""Columns of signals.parquet that tell which signals of two runs are the same, and which are equal."""


def rescore_command(
    dataset: Annotated[
        Path, typer.Argument(help="Dataset directory (lookups/, case-links.*, employees.*, relations.*).")
    ],
    out: Annotated[Path, typer.Option("--out", help="Directory for signals.parquet, explained.parquet and more.")],
    start: Annotated[
        str | None, typer.Option("--from", help="Only signals raised from this moment (RFC 3339).")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="Only what was known by this moment (RFC 3339).")] = None,
    rules: RulesFile = None,
    compare: Annotated[Path | None, typer.Option("--compare", help="Earlier output to compare with.")] = None,
    submit_to: Annotated[str | None, typer.Option("--submit", help="Base URL of the intake API to deliver to.")] = None,
    shadow: Annotated[
        bool, typer.Option("--shadow", help="Also score each day by an isolation forest, beside the signals.")
    ] = False,
    home: Home = None,
    json_output: JsonOutput = False,
) -> None:
    """Score a historic log in batch; the same signals as the stream gives for the same input."""
    period = _period(start, end)
    earlier = None if compare is None else _signals_of(compare)
    if submit_to is not None:
        check_address("--submit", submit_to)
    history, settings = _inputs(dataset, rules)
    settings = settings.with_forest() if shadow else settings
    folder = home or default_home()
    if submit_to is not None:
        open_public_key(folder)  # a key or an account that is not right is told before the work
        load_client_settings(DETECTOR)
    ring = open_key_ring(folder / "keyring.json")
    with shown_progress(quiet=json_output) as advance:
        result = rescore(history, settings, ring, advance, period)
        write(result, out, ring)
    warn(result.warnings)
    told = coverage(result) | ({} if earlier is None else {"compared": _compared(earlier, result.signals)})
    if submit_to is not None and not result.unread:
        told["submitted"] = _submit(result, history, folder, submit_to)
    if json_output:
        typer.echo(json.dumps(told))
    else:
        _print_result(result, told, out)
    if result.unread:
        raise InputError(*result.unread, _what_was_done(out, submit_to))


def _submit(result: Rescored, history: Dataset, folder: Path, submit_to: str) -> int:
    """How many signals were delivered; the lookups are read again for those whom the pushed ones name."""
    from services.detector.submit import sealed_people, submit  # noqa: PLC0415 - half a second, which few runs need

    pseudonyms = Pseudonymiser(open_key_ring(folder / "keyring.json"))
    sealer = Sealer(open_public_key(folder), pseudonyms, np.empty(0, np.int64))
    encoder = Encoder(pseudonyms, AgencyCalendar())
    people = sealed_people(result.signals, history.lookups().valid, sealer, encoder)
    return submit(result.signals, people, submit_to, open_account(DETECTOR, folder, "detector"), SystemClock())


def _what_was_done(out: Path, submit_to: str | None) -> str:
    rest = f"the other files were scored and the results are in {out}; mend these files and run this again"
    return rest if submit_to is None else f"{rest}; until then nothing is submitted"


def _inputs(dataset: Path, rules: Path | None) -> tuple[Dataset, AgencySettings]:
    """The dataset and the settings. Raises InputError with the faults of both."""
    try:
        settings = load_agency_settings(rules)
    except InputError as error:
        raise InputError(*dataset_faults(dataset), *error.faults) from error
    return Dataset(dataset), settings


def _period(start: str | None, end: str | None) -> Period:
    faults, moments = [], []
    for name, text in (("--from", start), ("--to", end)):
        try:
            moments.append(None if text is None else _moment(text))
        except ValueError:
            faults.append(f"{name}: '{text}' is no moment with an offset; write it as 2025-03-30T14:00:00+02:00")
    if faults:
        raise InputError(*faults)
    if moments[0] and moments[1] and moments[0] >= moments[1]:
        raise InputError("--from must lie before --to")
    return Period(*moments)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


def _signals_of(directory: Path) -> pl.DataFrame:
    path = directory / "signals.parquet"
    if not path.is_file():
        raise InputError(f"--compare: {path} does not exist; give the output directory of an earlier run")
    try:
        return pl.read_parquet(path, columns=list(COMPARED_BY))
    except (OSError, pl.exceptions.PolarsError) as error:
        needed = " and ".join(COMPARED_BY)
        raise InputError(f"--compare: {path} is no Parquet file with {needed}; re-score that dataset again") from error


def _compared(earlier: pl.DataFrame, now: pl.DataFrame) -> dict[str, int]:
    both = earlier.join(now, on="signal_id", suffix="_now")
    return {
        "new": now.join(earlier, on="signal_id", how="anti").height,
        "gone": earlier.join(now, on="signal_id", how="anti").height,
        "changed": both.filter(pl.col("content_hash") != pl.col("content_hash_now")).height,
        "equal": both.filter(pl.col("content_hash") == pl.col("content_hash_now")).height,
    }


def _print_result(result: Rescored, told: dict[str, object], out: Path) -> None:
    table = Table("rule", "class", "status", "signals", "highest score", "pushed")
    groups = result.signals.group_by("rule", "rule_class", "status").agg(
        pl.len(), pl.col("score").max(), pl.col("pushed").sum().alias("in queue")
    )
    for row in groups.sort("score", "rule", descending=[True, False]).iter_rows():
        table.add_row(*(str(value) for value in row))
    console = Console()
    console.print(table)
    for name in (
        "lookups",
        "scored",
        "duplicates",
        "states",
        "deadLetters",
        "rejectedBySystem",
        "mutedLookups",
        "sourceFaults",
        "compared",
        "submitted",
    ):
        if name in told:
            value = told[name]
            console.print(f"{name}: {len(value) if isinstance(value, list) else value}")
    console.print(f"written to {out}")
