"""`doelbinding audit`: whether the audit trail is as it was written, and the key that others verify it with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from services.api.audit.export import Exported, read_roots
from services.api.audit.findings import Report
from services.api.audit.keys import PublicKeys, open_audit_key, read_public_keys
from services.api.audit.trail_database import trail_view
from services.api.audit.verification import verify
from services.api.settings import ApiSettings, load_settings
from services.core.errors import DoelbindingError, InputError

audit_app = typer.Typer(no_args_is_help=True, help="The audit trail: verify it, show the key it is signed with.")


@audit_app.command("verify")
def verify_command(
    json_output: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
    roots: Annotated[
        Path | None,
        typer.Option(help="File with signed roots that was kept elsewhere.", show_default="that of the settings"),
    ] = None,
    public_key: Annotated[
        Path | None, typer.Option(help="File with public keys, one on a line.", show_default="those of audit-key.json")
    ] = None,
) -> None:
    """Read the whole audit trail and tell whether anything was changed, removed, moved, added or cut off.

    Exit code 0: all is as it was written; 1: it is not; 2: wrong usage, or a file that is needed is not there.
    """
    settings = load_settings()
    keys = read_public_keys(public_key) if public_key else _own_keys(settings)
    exported = _exported(roots, settings)
    with trail_view(settings.database) as connection, _progress() as advance:
        report = verify(connection, exported, keys, advance)
    typer.echo(json.dumps(_as_json(report)) if json_output else "\n".join(_as_lines(report)))
    if not report.whole:
        raise DoelbindingError(
            "the audit trail is not as it was written; keep database and files as they are, and tell the auditor"
        )


@audit_app.command("public-key")
def public_key_command() -> None:
    """Print the public key, with which others verify the trail."""
    path = load_settings().home / "audit-key.json"
    if not path.exists():
        raise InputError(f"{path}: there is no key yet; the API makes it when it first starts")
    typer.echo(open_audit_key(path).public_hex)


def _own_keys(settings: ApiSettings) -> PublicKeys:
    path = settings.home / "audit-key.json"
    if not path.exists():
        raise InputError(
            f"{path}: the key that signs the trail is not there; set DOELBINDING_HOME to the API's folder, "
            "or give --public-key"
        )
    return open_audit_key(path).public_keys


def _exported(asked: Path | None, settings: ApiSettings) -> Exported | None:
    """The roots outside; a file that was named must be there, the one of the settings may have been taken away."""
    path = asked or settings.audit_roots
    if asked is None and not path.exists():
        return None
    try:
        return read_roots(path, copied=asked is not None)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error


def _as_json(report: Report) -> dict[str, object]:
    first = report.first
    return {
        "whole": report.whole,
        "entries": report.entries,
        "intact": report.intact,
        "blanked": report.blanked,
        "roots": report.roots,
        "exportedRoots": report.exported_roots,
        "faults": report.findings.count,
        "first": first and vars(first),
        "told": [vars(fault) for fault in report.findings.faults],
    }


def _as_lines(report: Report) -> Iterator[str]:
    yield f"{report.entries} entries, {report.intact} of them as they were written"
    if report.blanked:
        yield f"{report.blanked} are without their payload, which retention removed"
    yield f"{report.roots} signed roots in the database, {report.exported_roots} outside it"
    if report.whole:
        yield "Nothing was changed, removed, moved, added or cut off."
        return
    if (first := report.first) and first.sequence is not None:
        yield f"First broken at entry {first.sequence}: {first.kind}: {first.told}"
    yield f"{report.findings.count} faults:"
    for fault in report.findings.faults:
        place = f"entry {fault.sequence}: " if fault.sequence is not None else ""
        yield f"  {place}{fault.kind}: {fault.told}"
    if report.findings.count > len(report.findings.faults):
        yield f"  and {report.findings.count - len(report.findings.faults)} more"


@contextmanager
def _progress() -> Iterator[Callable[[float], None]]:
    """On a terminal only."""
    console = Console(stderr=True)
    columns = TextColumn("entries"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as shown:
        task = shown.add_task("entries", total=1.0)
        yield lambda share: shown.update(task, completed=share)
