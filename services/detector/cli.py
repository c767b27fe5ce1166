"""The detector's commands: rescore, detect and rules."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.console import Console
from rich.table import Column, Table

from services.core.clock import SystemClock
from services.core.errors import InputError
from services.core.keyring import open_key_ring
from services.core.settings import default_home
from services.core.tokens import open_tokens
from services.detector.casebook.command import rules_test_command
from services.detector.progress import shown_progress
from services.detector.rescore import Period, Rescored, coverage, rescore, write
from services.detector.rules import RULES
from services.detector.rules.base import Rule
from services.detector.settings import load_agency_settings
from services.detector.sources.dataset import Dataset
from services.detector.state.connection import sqlite_url
from services.detector.state.migrate import migrate
from services.detector.submit import submit
from services.detector.watching import DetectOptions, detect

JsonOutput = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
RulesFile = Annotated[Path | None, typer.Option("--rules", help="Settings of the agency (TOML); default: UWV's.")]
Home = Annotated[Path | None, typer.Option("--home", help="Folder of key ring, state and queue.")]
rules_app = typer.Typer(no_args_is_help=True, help="The rules: list, show one, run their cases.")
rules_app.command("test")(rules_test_command)


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
    home: Home = None,
    json_output: JsonOutput = False,
) -> None:
    """Score a historic log in batch; the same signals as the stream gives for the same input."""
    period = _period(start, end)
    earlier = None if compare is None else _signals_of(compare)
    folder = home or default_home()
    ring = open_key_ring(folder / "keyring.json")
    with shown_progress(quiet=json_output) as advance:
        result = rescore(Dataset(dataset), load_agency_settings(rules), ring, advance, period)
        write(result, out, ring)
    told = coverage(result) | ({} if earlier is None else {"compared": _compared(earlier, result.signals)})
    if submit_to is not None:
        token = open_tokens(folder / "tokens.json")["detector"]
        told["submitted"] = submit(result.signals, submit_to, token, SystemClock())
    if json_output:
        typer.echo(json.dumps(told))
    else:
        _print_result(result, told, out)


def detect_command(
    dataset: Annotated[Path, typer.Argument(help="Dataset directory; lookups/ may grow while it is followed.")],
    source: Annotated[str, typer.Option("--source", help="Where lookups come from: files.")] = "files",
    follow: Annotated[bool, typer.Option("--follow", help="Keep reading as files grow; stop with Ctrl-C.")] = False,
    api: Annotated[str, typer.Option("--api", help="Base URL of the intake API.")] = "http://127.0.0.1:8600",
    metrics_port: Annotated[int, typer.Option("--metrics-port", help="Port of /metrics on loopback; 0: none.")] = 9600,
    rows_per_slice: Annotated[int, typer.Option("--rows-per-slice", min=1, max=1_000_000)] = 20_000,
    rules: RulesFile = None,
    home: Home = None,
    json_output: JsonOutput = False,
) -> None:
    """Run the streaming detector: read lookups as they are written, push signals to the intake."""
    if source != "files":
        raise InputError(f"--source: '{source}' is not known; use: files")
    options = DetectOptions(dataset, api, home or default_home(), follow, rows_per_slice, metrics_port)
    counted = detect(options, load_agency_settings(rules), SystemClock())
    typer.echo(
        json.dumps(counted) if json_output else "  ".join(f"{name}: {number:,}" for name, number in counted.items())
    )


def migrate_command(home: Home = None) -> None:
    """Bring the detector's database to the tables of this release."""
    folder = home or default_home()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    migrate(sqlite_url(folder / "detector.sqlite"))


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
    return pl.read_parquet(path)


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
    for name in ("lookups", "scored", "duplicates", "states", "deadLetters", "compared", "submitted"):
        if name in told:
            console.print(f"{name}: {told[name]}")
    console.print(f"written to {out}")
