"""`doelbinding accounts`: employees, or subjects of an issuer, into the codes by which the audit trail names them."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from services.api.identity.claims import account_code, person_code
from services.api.settings import load_settings
from services.core.errors import InputError
from services.core.keyring import open_key_ring


def accounts_command(
    subjects: Annotated[
        bool, typer.Option("--subjects", help="The lines are subjects (claim sub) of accounts without an employee.")
    ] = False,
) -> None:
    """Print by which code the audit trail names each employee whose id comes in on standard input, one a line."""
    settings = load_settings()
    if settings.issuer is None:
        raise InputError("settings (DOELBINDING_API_*): issuer: is missing; local accounts stand in the trail by name")
    ring = open_key_ring(settings.home / "keyring.json")
    for name in filter(None, map(str.strip, sys.stdin)):
        typer.echo(account_code(ring, settings.issuer, name) if subjects else person_code(ring, name))
