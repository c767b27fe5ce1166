"""The bearer tokens of the embedded default: a file of one token per role, made on first run."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from pathlib import Path

from services.core.errors import InputError
from services.core.secret_file import refuse_if_open, write_once

ROLES = ("detector", "soc", "investigator", "lead", "auditor", "admin")
TOKEN_BYTES = 32
SHORTEST = 32
"""Fewest characters of a token that was put in the file by hand."""


def open_tokens(path: Path) -> Mapping[str, str]:
    """Role to token, from the file; the file is made first if it does not exist.

    Raises InputError if others than the owner can read it, or if it does not hold one token of its own per role.
    """
    if not path.exists():
        write_once(path, {role: secrets.token_urlsafe(TOKEN_BYTES) for role in ROLES})
    refuse_if_open(path, "these tokens")
    return _read(path)


def _read(path: Path) -> Mapping[str, str]:
    remedy = "mend it, or remove it to have new tokens made at the next start"
    try:
        content = json.loads(path.read_text())
    except ValueError as error:
        raise InputError(f"{path}: not JSON; {remedy}") from error
    tokens = {role: content.get(role) if isinstance(content, dict) else None for role in ROLES}
    faults = [
        f"{path}: {role}: must be a token of at least {SHORTEST} characters; {remedy}"
        for role, token in tokens.items()
        if not isinstance(token, str) or len(token) < SHORTEST
    ]
    if not faults and len(set(tokens.values())) < len(ROLES):
        faults = [f"{path}: two roles share a token; every role needs its own; {remedy}"]
    if faults:
        raise InputError(*faults)
    return {role: str(token) for role, token in tokens.items()}
