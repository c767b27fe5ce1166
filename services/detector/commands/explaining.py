"""`doelbinding explain`: the explanations that count, and paths in a history that might become one."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.console import Console
from rich.table import Column, Table

from services.core.errors import InputError
from services.core.keyring import open_key_ring
from services.core.settings import default_home
from services.detector.commands.options import Home, JsonOutput, RulesFile
from services.detector.explain import every_explanation
from services.detector.explain.base import FULL, Explanation
from services.detector.explain.margins import margins_of
from services.detector.mining.mine import SEED, Mined, mine
from services.detector.mining.report import MOST_LEAK, Proposal, window_in_words
from services.detector.progress import shown_progress
from services.detector.settings import AgencySettings, load_agency_settings
from services.detector.sources.dataset import Dataset, dataset_faults
from services.detector.whole import whole

SHOWN = 20
AT_ITS_GREATEST = pl.DataFrame({"team_size": [1], "to_team": [False]})
"""What the strength of an explanation may depend on, where it is greatest."""

explain_app = typer.Typer(no_args_is_help=True, help="Explanations: list them, find new ones in a history.")


@explain_app.command("list")
def list_explanations(rules: RulesFile = None, json_output: JsonOutput = False) -> None:
    """All explanations that count, with their strength from 0 to 1 (where it varies: at its greatest)."""
    rows = [_row(each) for each in every_explanation(margins_of(load_agency_settings(rules)))]
    if json_output:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table(Column("explanation", no_wrap=True), "strength", "en", "nl")
    for row in rows:
        table.add_row(*(str(row[name]) for name in ("explanation", "strength", "en", "nl")))
    Console().print(table)


@explain_app.command("mine")
def mine_command(
    dataset: Annotated[Path, typer.Argument(help="Dataset directory (lookups/, case-links.*, employees.*, ...).")],
    rules: RulesFile = None,
    out: Annotated[Path | None, typer.Option("--out", help="File for all proposals, as JSON.")] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the lookups planted at random.")] = SEED,
    home: Home = None,
    json_output: JsonOutput = False,
) -> None:
    """Propose paths through the registers that would explain many unexplained lookups; nothing is switched on."""
    history, settings = _inputs(dataset, rules, out)
    ring = open_key_ring((home or default_home()) / "keyring.json")
    with shown_progress(quiet=json_output) as advance:
        mined = mine(history, settings, ring, advance, seed=seed)
    told = json.dumps(asdict(mined), ensure_ascii=False, indent=1)
    if out is not None:
        _write(out, told)
    if json_output:
        typer.echo(told)
    else:
        _print(mined, out)


def _row(explanation: Explanation) -> dict[str, object]:
    strength = AT_ITS_GREATEST.select(explanation.strength).item()
    return {
        "explanation": explanation.id, "strength": strength / FULL, "en": explanation.en, "nl": explanation.nl,
    }  # fmt: skip


def _inputs(dataset: Path, rules: Path | None, out: Path | None) -> tuple[Dataset, AgencySettings]:
    """The dataset and the settings. Raises InputError with the faults of both, and of the place for the answer."""
    no_place = [] if out is None or out.parent.is_dir() else [f"--out: {out.parent} is no folder; make it first"]
    try:
        settings = load_agency_settings(rules)
    except InputError as error:
        raise InputError(*dataset_faults(dataset), *error.faults, *no_place) from error
    if no_place:
        raise InputError(*dataset_faults(dataset), *no_place)
    return Dataset(dataset), settings


def _write(out: Path, told: str) -> None:
    try:
        with whole(out.parent, out.name) as (path,):
            path.write_text(told + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"--out: {out} cannot be written: {error.strerror}") from error


def _print(mined: Mined, out: Path | None) -> None:
    console = Console()
    share = mined.unexplained / max(mined.lookups, 1)
    console.print(
        f"{mined.unexplained} of {mined.lookups} lookups of a person were left without explanation ({share:.1%}); "
        f"{mined.tried} of them were tried. The leak is what a path covers of random lookups by the same people."
    )
    table = Table("explains", "of all", "adds", "people", "leak open case", "anybody", "own team", "lift", "path")
    shown = [proposal for proposal in mined.proposals if proposal.adds > 0][:SHOWN]
    for proposal in shown:
        table.add_row(*_cells(proposal))
    console.print(table)
    if len(mined.proposals) > len(shown):
        others = len(mined.proposals) - len(shown)
        console.print(f"{others} others, most of which add nothing to these; --out FILE or --json tells them all")
    console.print(
        f"Too loose: a leak above {MOST_LEAK:.0%}. These are proposals: none of them counts until a person decides so, "
        "and it is written and tested as an explanation."
    )
    if out is not None:
        console.print(f"written to {out}")


def _cells(proposal: Proposal) -> list[str]:
    leaks = (proposal.leak_open_case, proposal.leak_anybody, proposal.leak_own_team)
    window = window_in_words(proposal.within_days, later=proposal.also_later).en
    loose = "too loose: " if proposal.too_loose else ""
    return [
        f"{proposal.explained:.1%}", f"{proposal.explained_of_all:.2%}", f"{proposal.adds:.1%}", str(proposal.people),
        *("-" if leak is None else f"{leak:.1%}" for leak in leaks),
        f"{proposal.lift:g}", f"{loose}{proposal.en} ({window})",
    ]  # fmt: skip
