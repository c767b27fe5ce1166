"""A register of interests into the API, and what it answers into a word for a person."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import httpx
import msgspec

from services.core.client_credentials import Token, with_token
from services.core.client_settings import INTERESTS, open_account
from services.core.errors import DoelbindingError
from services.core.observability import redact

PATH = "/v1/interests"
TOKEN = "DOELBINDING_INTERESTS_TOKEN"  # noqa: S105 - the name of a variable
TIMEOUT = httpx.Timeout(60.0, connect=10.0)
PROBLEM_LENGTH = 2_000


def admin_token(home: Path) -> Token:
    """The token of the environment, else of the account at the issuer, else of the local account `admin`."""
    return os.environ.get(TOKEN) or open_account(INTERESTS, home, "admin")


def load(api: str, token: Token, register: Mapping[str, object]) -> Mapping[str, object]:
    """What the API knows now. Raises DoelbindingError if it is away or refuses; nothing has changed then."""
    content = msgspec.json.encode(register)

    def send(held: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {held}", "Content-Type": "application/json"}
        return client.put(PATH, content=content, headers=headers)

    try:
        with httpx.Client(base_url=api, timeout=TIMEOUT) as client:
            answer = with_token(token, send)
    except httpx.HTTPError as error:
        raise DoelbindingError(f"{api}: {type(error).__name__}: {redact(str(error))}") from error
    if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise DoelbindingError(
            f"{api}: refused the token; {TOKEN} should hold one of the role admin, or {INTERESTS}* be an account of it"
        )
    if not answer.is_success:
        raise DoelbindingError(f"{api}: {answer.status_code}: {redact(answer.text[:PROBLEM_LENGTH])}")
    try:
        return msgspec.json.decode(answer.content, type=dict[str, object])
    except msgspec.DecodeError as error:
        raise DoelbindingError(f"{api}: answers, but not as the API of Doelbinding does") from error
