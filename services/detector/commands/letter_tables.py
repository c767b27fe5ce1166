"""Dead letters, and what became of them, into tables and words; nothing of their bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence

import typer
from rich.markup import escape
from rich.table import Column, Table

from services.core.wire import to_wire
from services.detector.again import obstacle
from services.detector.decode.faults import printable
from services.detector.replaying import Replay
from services.detector.state.letterbox import Letter


def as_json(letter: Letter) -> dict[str, object]:
    """A letter by camelCase name."""
    return {
        "id": letter.id,
        "storedAt": to_wire(letter.stored_at),
        "partition": letter.partition,
        "position": letter.position,
        "record": letter.record,
        "codes": list(letter.codes),
        "reasons": list(letter.reasons),
        "state": _state(letter),
    }


def letters_table(letters: Sequence[Letter]) -> Table:
    """A row per letter."""
    table = Table(Column("id", no_wrap=True), "stored (UTC)", "partition", "position", "record", "codes", "state")
    for letter in letters:
        place, codes = escape(printable(letter.position)), ", ".join(letter.codes)
        stored = f"{letter.stored_at:%Y-%m-%d %H:%M}"
        table.add_row(str(letter.id), stored, escape(letter.partition), place, letter.record, codes, _state(letter))
    return table


def tell_replay(done: Replay, *, trial: bool, as_json: bool) -> None:
    """What became of letters, or would."""
    if as_json:
        told = {"again": done.again, "waiting": done.waiting, "left": dict(done.left)}
        typer.echo(json.dumps(told | ({"failing": dict(done.failing)} if trial else {})))
        return
    would = "would be" if trial else "will be"
    typer.echo(f"{would} taken again, with the next step of the detector: {done.again:,}")
    if done.waiting:
        typer.echo(f"wait for that already: {done.waiting:,}")
    for why, count in done.left.items():
        typer.echo(f"are left: {count:,}; {why}")
    for code, count in done.failing.items():
        typer.echo(f"would fail again with {code}: {count:,}")


def _state(letter: Letter) -> str:
    if letter.waits:
        return "to be taken again"
    return "cannot be taken again" if obstacle(letter.record, letter.codes, letter.size) else "kept"
