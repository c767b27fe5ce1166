"""The bearer tokens of the embedded default: a file of one token per local account, made on first run."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from pathlib import Path

from services.core.errors import InputError
from services.core.secret_file import refuse_if_open, write_once

ROLES = ("detector", "soc", "investigator", "lead", "auditor", "admin")
OTHERS: Mapping[str, str] = {
    "second-investigator": "investigator",
    "second-auditor": "auditor",
    "third-auditor": "auditor",
}
"""Accounts of further people and their roles: what takes two can be done on one machine too, and settled there.

Where two investigators differ a lead settles; above auditors there is none, so that a third of them does.
"""
ACCOUNTS: Mapping[str, str] = {**{role: role for role in ROLES}, **OTHERS}
"""Local accounts and their roles."""
TOKEN_BYTES = 32
SHORTEST = 32
"""Fewest characters of a token that was put in the file by hand."""


def open_tokens(path: Path) -> Mapping[str, str]:
    """Account to token, from the file; the file is made first if it does not exist.

    A file of an earlier release may lack those of OTHERS; then there are none.
    Raises InputError if others than the owner can read it, or if it does not hold a token of its own per account.
    """
    if not path.exists():
        write_once(path, {account: secrets.token_urlsafe(TOKEN_BYTES) for account in ACCOUNTS})
    refuse_if_open(path, "these tokens")
    return _read(path)


def _read(path: Path) -> Mapping[str, str]:
    remedy = "mend it, or remove it to have new tokens made at the next start"
    try:
        content = json.loads(path.read_text())
    except ValueError as error:
        raise InputError(f"{path}: not JSON; {remedy}") from error
    held = content if isinstance(content, dict) else {}
    needed = [account for account in ACCOUNTS if account in ROLES or account in held]
    tokens = {account: held.get(account) for account in needed}
    faults = [
        f"{path}: {account}: must be a token of at least {SHORTEST} characters; {remedy}"
        for account, token in tokens.items()
        if not isinstance(token, str) or len(token) < SHORTEST
    ]
    if not faults and len(set(tokens.values())) < len(tokens):
        faults = [f"{path}: two accounts share a token; every account needs its own; {remedy}"]
    if faults:
        raise InputError(*faults)
    return {account: str(token) for account, token in tokens.items()}
