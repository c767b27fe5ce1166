"""`doelbinding outbox`: signals that the API does not take, listed and sent again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from services.core.errors import InputError
from services.core.wire import to_wire
from services.detector.commands.detector_database import undelivered
from services.detector.commands.options import Home, JsonOutput
from services.detector.decode.faults import printable
from services.detector.state.undelivered import UndeliveredSignal

SHOWN_CHARACTERS = 200
"""Of what the API said, in a table; --json has all of it."""

outbox_app = typer.Typer(no_args_is_help=True, help="Signals that the API does not take: list them, send them again.")


@outbox_app.command("list")
def list_signals(
    limit: Annotated[int, typer.Option("--limit", min=0, help="Most signals to show; all are counted.")] = 50,
    home: Home = None,
    json_output: JsonOutput = False,
) -> None:
    """Signals that were refused for good, or are put aside and tried again by themselves; the oldest first.

    Identities are never shown.
    """
    with undelivered(home) as found:
        signals, refused, aside = found.oldest(limit), found.refused(), found.aside()
    if json_output:
        told = {"refused": refused, "aside": aside, "signals": [_as_json(signal) for signal in signals]}
        typer.echo(json.dumps(told))
        return
    if signals:
        Console().print(_table(signals))
    typer.echo(f"refused for good: {refused:,}; put aside: {aside:,}; shown: {len(signals):,}")


@outbox_app.command("retry")
def retry_signals(
    ids: Annotated[list[int] | None, typer.Argument(help="Ids of signals in the outbox; see: outbox list.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    home: Home = None,
    json_output: JsonOutput = False,
) -> None:
    """Send signals again, after what kept the API from taking them was mended: a running detector does it within
    seconds, another one when it starts.

    The API takes no revision twice.
    """
    if bool(ids) == everything:
        raise InputError("outbox retry: name signals by id, or all of them with --all")
    with undelivered(home) as found:
        done = found.retry(None if everything else ids)
    if json_output:
        typer.echo(json.dumps({"again": done.again, "superseded": done.superseded}))
        return
    typer.echo(f"go out again: {done.again:,}")
    if done.superseded:
        typer.echo(f"are left, because their signal has a newer revision: {done.superseded:,}")


def _as_json(signal: UndeliveredSignal) -> dict[str, object]:
    return {
        "id": signal.row,
        "signalId": signal.signal_id,
        "storedAt": to_wire(signal.stored_at),
        "state": "aside" if signal.next_try else "refused",
        "failures": signal.failures,
        "nextTry": to_wire(signal.next_try),
        "problem": printable(signal.problem),
    }


def _table(signals: Sequence[UndeliveredSignal]) -> Table:
    table = Table(Column("id", no_wrap=True), "stored (UTC)", "signal", "state", "next try (UTC)", "what the API said")
    for signal in signals:
        again = f"{signal.next_try:%Y-%m-%d %H:%M}" if signal.next_try else ""
        state = f"put aside ({signal.failures})" if signal.next_try else "refused"
        problem = escape(printable(signal.problem)[:SHOWN_CHARACTERS])
        table.add_row(str(signal.row), f"{signal.stored_at:%Y-%m-%d %H:%M}", signal.signal_id, state, again, problem)
    return table
