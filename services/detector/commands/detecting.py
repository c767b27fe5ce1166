"""`doelbinding detect`: the streaming detector, and the tables it stores its state in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from services.core.clock import SystemClock
from services.core.errors import InputError
from services.core.settings import default_home
from services.detector.commands.options import Home, JsonOutput, RulesFile, check_address
from services.detector.settings import load_agency_settings
from services.detector.state.connection import sqlite_url
from services.detector.state.migrate import migrate
from services.detector.watching import PATIENCE_SECONDS, DetectOptions, detect


def detect_command(
    dataset: Annotated[Path, typer.Argument(help="Dataset directory; lookups/ may grow while it is followed.")],
    source: Annotated[str, typer.Option("--source", help="Where lookups come from: files.")] = "files",
    follow: Annotated[bool, typer.Option("--follow", help="Keep reading as files grow; stop with Ctrl-C.")] = False,
    api: Annotated[str, typer.Option("--api", help="Base URL of the intake API.")] = "http://127.0.0.1:8600",
    metrics_port: Annotated[int, typer.Option("--metrics-port", help="Port of /metrics on loopback; 0: none.")] = 9600,
    rows_per_slice: Annotated[int, typer.Option("--rows-per-slice", min=1, max=1_000_000)] = 20_000,
    patience: Annotated[
        float, typer.Option("--patience", min=0, help="Seconds that delivery may take after the end of the lookups.")
    ] = PATIENCE_SECONDS,
    rules: RulesFile = None,
    home: Home = None,
    json_output: JsonOutput = False,
) -> None:
    """Run the streaming detector: read lookups as they are written, push signals to the intake."""
    if source != "files":
        raise InputError(f"--source: '{source}' is not known; use: files")
    check_address("--api", api)
    folder = home or default_home()
    options = DetectOptions(dataset, api, folder, follow, rows_per_slice, metrics_port, patience_seconds=patience)
    counted = detect(options, load_agency_settings(rules), SystemClock())
    typer.echo(
        json.dumps(counted) if json_output else "  ".join(f"{name}: {number:,}" for name, number in counted.items())
    )


def migrate_command(home: Home = None) -> None:
    """Bring the detector's database to the tables of this release."""
    folder = home or default_home()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    migrate(sqlite_url(folder / "detector.sqlite"))
