"""`doelbinding signals`: the signals of a re-scoring run, listed, and one of them told in full."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import polars as pl
import typer

from services.casefile.printed import WIDTH, story_lines
from services.casefile.run_output import Dossier, read_dossier, read_signals
from services.casefile.words import Speech
from services.core.wire import to_wire
from services.detector.commands.options import JsonOutput, RulesFile
from services.detector.commands.rules import rule_named
from services.detector.settings import load_agency_settings

signals_app = typer.Typer(no_args_is_help=True, help="The signals of a re-scoring run: list them, show one in full.")
INDENT = " " * 7
LISTED = ("signal_id", "rule", "rule_class", "status", "score", "pushed", "raised_at", "lookup_count", "moment_count")


@signals_app.command("show")
def show_signal(
    signal_id: Annotated[str, typer.Argument(help="Id of a signal, or the beginning of it; see: signals list.")],
    run: Annotated[Path, typer.Option("--from", help="Output directory of a re-scoring run.")],
    lang: Annotated[Literal["nl", "en"], typer.Option("--lang", help="Language of the story.")] = "en",
    rules: RulesFile = None,
    json_output: JsonOutput = False,
) -> None:
    """One signal as an investigator reads it: facts for, against and unknown, how it was scored, every lookup."""
    dossier = read_dossier(run, signal_id)
    if json_output:
        typer.echo(json.dumps(_as_json(dossier), ensure_ascii=False))
        return
    zone = ZoneInfo(load_agency_settings(rules).timezone)
    typer.echo("\n".join(story_lines(dossier, Speech(lang), zone)))


@signals_app.command("list")
def list_signals(
    run: Annotated[Path, typer.Argument(help="Output directory of a re-scoring run.")],
    rule: Annotated[str | None, typer.Option("--rule", help="Only signals that this rule names.")] = None,
    pushed: Annotated[bool, typer.Option("--pushed", help="Only those put forward for assessment.")] = False,
    sample: Annotated[int | None, typer.Option("--sample", min=1, help="So many of them, drawn at random.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="The same seed draws the same signals.")] = 1,
    json_output: JsonOutput = False,
) -> None:
    """The signals of a run, the highest score first."""
    wanted = pl.lit(value=True) if rule is None else pl.col("rule") == rule_named(rule).id
    found = read_signals(run).filter(wanted & (pl.col("pushed") | pl.lit(not pushed)))
    if sample is not None:
        found = _drawn(found, sample, seed)
    if json_output:
        typer.echo(json.dumps([to_wire(row) for row in found.select(LISTED).iter_rows(named=True)]))
        return
    for row in found.iter_rows(named=True):
        typer.echo(f"{row['score']:5.1f}  {row['rule_class']}  {row['status']:9}  {row['signal_id']}  {row['rule']}")
        typer.echo(textwrap.fill(row["summary"], WIDTH, initial_indent=INDENT, subsequent_indent=INDENT))


def _drawn(signals: pl.DataFrame, size: int, seed: int) -> pl.DataFrame:
    """So many signals, each with the same chance, whatever the order of rows."""
    ranked = signals.sort("signal_id").sample(min(size, signals.height), seed=seed)
    return signals.join(ranked.select("signal_id"), on="signal_id", how="semi", maintain_order="left")


def _as_json(dossier: Dossier) -> dict[str, object]:
    return {
        "signal": to_wire(dossier.signal),
        "evidence": to_wire(dossier.evidence),
        "parent": None if dossier.parent is None else dossier.parent["signal_id"],
        "children": [child["signal_id"] for child in dossier.children],
    }
