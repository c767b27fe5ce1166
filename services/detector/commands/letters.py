"""`doelbinding dead-letters`: what could not be read, listed, shown, and given to the detector again."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.console import Console

from services.core.errors import InputError
from services.detector.commands.detector_database import key_ring, letter_box
from services.detector.commands.letter_tables import as_json, letters_table, tell_replay
from services.detector.commands.options import Home, JsonOutput
from services.detector.decode.faults import printable
from services.detector.replaying import mend, open_letter, replay
from services.detector.state.letterbox import Letter, LetterBox, Wanted

LOG = structlog.get_logger()
WARNING = (
    "What follows is a record as it was read: personal data of citizens and employees. Look at it only to mend it, and "
    "leave no copy."
)

Code = Annotated[list[str] | None, typer.Option("--code", help="Only letters with this fault; may be repeated.")]
Partition = Annotated[str | None, typer.Option("--partition", help="Only letters of this partition.")]

letters_app = typer.Typer(
    no_args_is_help=True, help="Records that could not be read: list, show one, give them to the detector again."
)


@letters_app.command("list")
def list_letters(
    code: Code = None,
    partition: Partition = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Only letters stored since: 2026-03-14, or a time with an offset.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Most letters to show; all are counted.")] = 50,
    home: Home = None,
    json_output: JsonOutput = False,
) -> None:
    """The letters stored last, and how many there are of each fault. Identities are never shown."""
    wanted = Wanted(code or (), partition, _moment(since))
    with letter_box(home) as box:
        letters, counts, total = box.newest(wanted, limit), box.counts(wanted), box.total(wanted)
    if json_output:
        told = {"total": total, "counts": counts, "letters": [as_json(letter) for letter in letters]}
        typer.echo(json.dumps(told))
        return
    console = Console()
    if letters:
        console.print(letters_table(letters))
    console.print(f"dead letters: {total:,}; shown: {len(letters):,}")
    for name, count in counts.items():
        console.print(f"  {name}: {count:,}", highlight=False)


@letters_app.command("show")
def show_letter(
    letter: Annotated[int, typer.Argument(help="Id of a letter; see: dead-letters list.")],
    raw: Annotated[bool, typer.Option("--raw", help="Also open the record itself: a look at personal data.")] = False,
    home: Home = None,
    json_output: JsonOutput = False,
) -> None:
    """One letter with all its reasons; with --raw its bytes as they were read, and nothing else, on standard output."""
    with letter_box(home) as box:
        found = _letter(box, letter)
        if raw:
            opened = open_letter(box, key_ring(home), found)
            typer.echo(f"doelbinding: {WARNING}", err=True)
            LOG.info("dead-letter-opened", letter=letter)
            sys.stdout.buffer.write(opened)
            return
    if json_output:
        typer.echo(json.dumps(as_json(found)))
        return
    for name, value in as_json(found).items():
        for each in value if isinstance(value, list) else [value]:
            typer.echo(f"{name}: {printable(str(each))}")


@letters_app.command("replay")
def replay_letters(
    letters: Annotated[list[int] | None, typer.Argument(help="Ids of letters; see: dead-letters list.")] = None,
    code: Code = None,
    partition: Partition = None,
    everything: Annotated[bool, typer.Option("--all", help="All letters that can be taken again.")] = False,
    mended: Annotated[
        Path | None,
        typer.Option(
            "--mended",
            exists=True,
            dir_okay=False,
            help="Give the detector this file's content in place of one letter's.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would become of them; change nothing.")] = False,
    home: Home = None,
    json_output: JsonOutput = False,
) -> None:
    """Give letters to the detector again, after what was wrong with them was mended on this side.

    The detector takes each once with its next step. One that it still cannot read is a dead letter again, with what
    is wrong with it now.
    """
    wanted = _chosen(letters or [], code or [], partition, everything=everything)
    with letter_box(home) as box:
        ring = key_ring(home)
        if mended is None:
            done = replay(box, ring, wanted, trial=dry_run)
        else:
            done = mend(
                box, ring, _letter(box, _only(letters or [])), mended.read_bytes().rstrip(b"\r\n"), trial=dry_run
            )
    tell_replay(done, trial=dry_run, as_json=json_output)


def _chosen(ids: Sequence[int], codes: Sequence[str], partition: str | None, *, everything: bool) -> Wanted:
    some = bool(codes) or partition is not None
    if bool(ids) + some + everything != 1:
        raise InputError("dead-letters replay: name letters by id, or choose them by --code and --partition, or --all")
    return Wanted(codes, partition, ids=ids or None)


def _only(ids: Sequence[int]) -> int:
    if len(ids) != 1:
        raise InputError("--mended: belongs to one letter; name it by its id")
    return ids[0]


def _letter(box: LetterBox, letter: int) -> Letter:
    found = box.newest(Wanted(ids=[letter]), 1)
    if not found:
        raise InputError(f"dead letter {letter}: there is none with this id; see: dead-letters list")
    return found[0]


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is not None and len(text) == len("2026-03-14"):
        return found.replace(tzinfo=UTC)
    if found is None or found.tzinfo is None:
        raise InputError("--since: should be a day, as 2026-03-14, or a time with an offset, as 2026-03-14T09:00+01:00")
    return found
