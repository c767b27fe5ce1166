"""`doelbinding accounts`: subjects of an issuer into the codes by which the audit trail names them."""

from __future__ import annotations

import sys

import typer

from services.api.identity.claims import account_code
from services.api.settings import load_settings
from services.core.errors import InputError
from services.core.keyring import open_key_ring


def accounts_command() -> None:
    """Print the code of each account whose subject (claim `sub`) comes in on standard input, one a line."""
    settings = load_settings()
    if settings.issuer is None:
        raise InputError("settings (DOELBINDING_API_*): issuer: is missing; local accounts stand in the trail by name")
    ring = open_key_ring(settings.home / "keyring.json")
    for line in sys.stdin:
        if subject := line.strip():
            typer.echo(account_code(ring, settings.issuer, subject))
