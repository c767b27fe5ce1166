"""`doelbinding interests`: which readers may not look at whom, from the registers into the API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from services.core.clock import SystemClock
from services.core.errors import InputError, tell_at_once
from services.core.keyring import open_key_ring
from services.core.settings import default_home
from services.detector.commands.options import Home, JsonOutput, RulesFile, check_address
from services.detector.settings import load_agency_settings
from services.interests.loading import admin_token, load
from services.interests.registers import People, named_readers, read_people, readers_of_department
from services.interests.working_out import register_of


def interests_command(
    registers: Annotated[Path, typer.Argument(help="Folder with the registers employees and relations.")],
    readers: Annotated[
        Path | None, typer.Option("--readers", help="Text file with the employee ids of those who read signals.")
    ] = None,
    department: Annotated[
        str | None, typer.Option("--department", help="Instead: everybody who works in this department now.")
    ] = None,
    api: Annotated[str, typer.Option("--api", help="Base URL of the API.")] = "http://127.0.0.1:8600",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Work it out and count, but load nothing.")] = False,
    rules: RulesFile = None,
    home: Home = None,
    json_output: JsonOutput = False,
) -> None:
    """Load the interests of everybody who reads signals, in the place of those that were known."""
    tell_at_once(
        lambda: _one_of(readers, department),
        lambda: check_address("--api", api),
        lambda: load_agency_settings(rules).sources_for_monitoring(),
    )
    people = read_people(registers, load_agency_settings(rules).sources_for_monitoring())
    chosen = _chosen(people, readers, department)
    folder = home or default_home()
    register = register_of(people, chosen, open_key_ring(folder / "keyring.json"))
    _warn(people, chosen)
    told = _counted(register) if dry_run else load(api, admin_token(folder), register)
    if json_output:
        typer.echo(json.dumps(dict(told)))
    else:
        word = "Worked out, not loaded" if dry_run else "Loaded"
        typer.echo(f"{word}: {told['interests']} interests of {told['readers']} readers.")


def _one_of(readers: Path | None, department: str | None) -> None:
    if (readers is None) == (department is None):
        raise InputError("give either --readers FILE or --department NAME: who reads signals")


def _chosen(people: People, readers: Path | None, department: str | None) -> list[str]:
    if readers is not None:
        return named_readers(people, readers)
    return readers_of_department(people, department or "", SystemClock().now())


def _warn(people: People, chosen: list[str]) -> None:
    """What nobody can tell from these registers goes to standard error."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    own = people.staff.filter(people.staff["employee_id"].is_in(chosen)).drop_nulls("bsn")
    if missing := len(chosen) - own["employee_id"].n_unique():
        console.print(f"{missing} readers have no BSN in the register: who declared them as a relative is not known.")
    if people.unread:
        console.print(f"{people.unread} rows of the registers could not be read: interests may be missing.")


def _counted(register: dict[str, object]) -> dict[str, object]:
    readers = register["readers"]
    assert isinstance(readers, list)  # noqa: S101 - register_of made it
    return {"readers": len(readers), "interests": sum(len(each["interests"]) for each in readers)}
