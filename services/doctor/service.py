"""A running API into findings: does it live, is it ready, and does it know this installation's tokens."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

import httpx

from services.core.client_credentials import ClientRefusedError, TokenUnavailableError, with_token
from services.core.client_settings import DETECTOR, load_client_settings, open_account
from services.core.errors import InputError
from services.doctor.findings import Finding, fault, ok

PATIENCE_SECONDS = 5.0
ASKED = "/v1/aggregates"
NOT_LOCAL = (
    "does not know the tokens in {}; let API and detector use the same home folder; beside an issuer give the "
    f"detector an account there ({DETECTOR}*), or set DOELBINDING_API_LOCAL_DETECTOR=true"
)
NOT_OF_THE_ISSUER = (
    f"does not take the token that the issuer gave for the account of {DETECTOR}*; its issuer, audience and type "
    "should be those that the API is told to take"
)


def examine_service(url: str, home: Path) -> list[Finding]:
    """The API at this address, as the detector would call it."""
    with httpx.Client(base_url=url, timeout=PATIENCE_SECONDS) as client:
        try:
            return [_lives(client, url), _ready(client, url), *_knows_tokens(client, url, home / "tokens.json")]
        except httpx.HTTPError as error:
            return [
                fault(
                    "api",
                    f"{url}: does not answer ({type(error).__name__}); start it with: doelbinding serve, "
                    "or give its address with --api",
                )
            ]


def _lives(client: httpx.Client, url: str) -> Finding:
    if _says_ok(client.get("/v1/health/live")):
        return ok("api", f"{url}: answers")
    return fault("api", f"{url}: answers, but not as this API does; give the address of the API with --api")


def _ready(client: httpx.Client, url: str) -> Finding:
    if _says_ok(client.get("/v1/health/ready")):
        return ok("api-ready", f"{url}: its database answers and has the tables of its release")
    return fault("api-ready", f"{url}: is not ready to take signals; see its database, and run: doelbinding migrate")


def _knows_tokens(client: httpx.Client, url: str, path: Path) -> list[Finding]:
    """Whether the detector's token is one of this API's; asked for something that the detector may not read anyway."""
    try:
        at_issuer = load_client_settings(DETECTOR).token_url is not None
        if not at_issuer and not path.exists():
            return []
        token = open_account(DETECTOR, path.parent, "detector")
    except InputError as error:
        return [fault("api-tokens", told) for told in error.faults if told.startswith("settings")]
    try:
        answer = with_token(token, lambda held: client.get(ASKED, headers={"Authorization": f"Bearer {held}"}))
    except (TokenUnavailableError, ClientRefusedError) as error:
        return [fault("api-tokens", str(error))]
    if answer.status_code != HTTPStatus.UNAUTHORIZED:
        return [ok("api-tokens", f"{url}: knows the detector's token")]
    return [fault("api-tokens", f"{url}: {NOT_OF_THE_ISSUER if at_issuer else NOT_LOCAL.format(path)}")]


def _says_ok(answer: httpx.Response) -> bool:
    try:
        return answer.is_success and answer.json() == {"status": "ok"}
    except ValueError:
        return False
