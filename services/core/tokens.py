"""The bearer tokens of the embedded default: a file of one token per role, made on first run."""

from __future__ import annotations

import json
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from services.core.errors import InputError

ROLES = ("detector", "soc", "investigator", "lead", "auditor", "admin")
TOKEN_BYTES = 32
SHORTEST = 32
"""Fewest characters of a token that was put in the file by hand."""


def open_tokens(path: Path) -> Mapping[str, str]:
    """Role to token, from the file; the file is made first if it does not exist.

    Raises InputError if others than the owner can read it, or if it does not hold one token of its own per role.
    """
    if not path.exists():
        _write(path, {role: secrets.token_urlsafe(TOKEN_BYTES) for role in ROLES})
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise InputError(f"{path}: others than its owner can read these tokens; run: chmod 600 '{path}'")
    return _read(path)


def _write(path: Path, tokens: Mapping[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(tokens, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)  # fails where another process was first: then its tokens count, not ours
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


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
