"""A running API into findings: does it live, is it ready, and does it know this installation's tokens."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

import httpx

from services.core.errors import DoelbindingError
from services.core.tokens import open_tokens
from services.doctor.findings import Finding, fault, ok

PATIENCE_SECONDS = 5.0


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
    if not path.exists():
        return []
    try:
        token = open_tokens(path)["detector"]
    except (DoelbindingError, OSError):
        return []
    answer = client.get("/v1/aggregates", headers={"Authorization": f"Bearer {token}"})
    if answer.status_code == HTTPStatus.UNAUTHORIZED:
        return [
            fault(
                "api-tokens",
                f"{url}: does not know the tokens in {path}; let API and detector use the same home folder; "
                "beside an issuer set DOELBINDING_API_LOCAL_DETECTOR=true",
            )
        ]
    return [ok("api-tokens", f"{url}: knows the detector's token")]


def _says_ok(answer: httpx.Response) -> bool:
    try:
        return answer.is_success and answer.json() == {"status": "ok"}
    except ValueError:
        return False
