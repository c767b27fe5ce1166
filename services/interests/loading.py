"""A register of interests into the API, and what it answers into a word for a person."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import httpx
import msgspec

from services.core.errors import DoelbindingError
from services.core.observability import redact
from services.core.tokens import open_tokens

PATH = "/v1/interests"
TOKEN = "DOELBINDING_INTERESTS_TOKEN"  # noqa: S105 - the name of a variable
TIMEOUT = httpx.Timeout(60.0, connect=10.0)
PROBLEM_LENGTH = 2_000


def admin_token(home: Path) -> str:
    """The token of the environment, else the one of the local account `admin`."""
    return os.environ.get(TOKEN) or open_tokens(home / "tokens.json")["admin"]


def load(api: str, token: str, register: Mapping[str, object]) -> Mapping[str, object]:
    """What the API knows now. Raises DoelbindingError if it is away or refuses; nothing has changed then."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        with httpx.Client(base_url=api, timeout=TIMEOUT, headers=headers) as client:
            answer = client.put(PATH, content=msgspec.json.encode(register))
    except httpx.HTTPError as error:
        raise DoelbindingError(f"{api}: {type(error).__name__}: {redact(str(error))}") from error
    if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise DoelbindingError(f"{api}: refused the token; {TOKEN} should hold one of the role admin")
    if not answer.is_success:
        raise DoelbindingError(f"{api}: {answer.status_code}: {redact(answer.text[:PROBLEM_LENGTH])}")
    try:
        return msgspec.json.decode(answer.content, type=dict[str, object])
    except msgspec.DecodeError as error:
        raise DoelbindingError(f"{api}: answers, but not as the API of Doelbinding does") from error
