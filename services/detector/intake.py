"""Parcels of the outbox into one intake call, and the API's answer into what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

import httpx
import msgspec

from services.core.backoff import retry_after
from services.core.client_credentials import ClientRefusedError, Token, TokenUnavailableError, with_token
from services.core.observability import redact
from services.detector.state.identities import Identity
from services.detector.state.outbox import Parcel

PATH = "/v1/signals"
READY = "/v1/health/ready"
NOT_REACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
TOO_BAD = {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}
"""Answers that say something about the signals, not about the caller or the moment."""

BROKE_OFF = {HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT}
"""Answers of an API, or of a proxy before it, that began and did not end the work."""

PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
PROBLEM_LENGTH = 2_000


class Line(msgspec.Struct, frozen=True, rename="camel"):
    """What the API did with one signal."""

    signal_id: str
    result: str


class Receipt(msgspec.Struct, frozen=True):
    """The API's answer to a batch that it took."""

    results: list[Line]


@dataclass(frozen=True)
class Taken:
    """The API has the signals: what it answered, by row of the outbox."""

    results: dict[int, str]


@dataclass(frozen=True)
class Bad:
    """The API will never take at least one of these signals."""

    problem: str


@dataclass(frozen=True)
class Away:
    """The API cannot do it now; `wait` is how many seconds it asked to be left alone."""

    problem: str
    wait: float | None = None


@dataclass(frozen=True)
class Failed(Away):
    """The API began and broke off: over one of these signals, or over trouble of its own."""


@dataclass(frozen=True)
class Refused:
    """The API refuses the caller, or is none: a person must mend the settings."""

    problem: str


Answer = Taken | Bad | Away | Refused


class _Row(msgspec.Struct, frozen=True, rename="camel"):
    """Whom a lookup of the evidence names."""

    employee_id: str | None = None
    subject: str | None = None


class _People(msgspec.Struct, frozen=True, rename="camel"):
    """Whom a signal names."""

    pushed: bool
    employee_id: str | None
    subject: str | None
    evidence: list[_Row]


def people_in(parcels: Sequence[Parcel]) -> set[str]:
    """The pseudonyms in pushed signals and their evidence: nobody else's identity can be asked for."""
    told = (msgspec.json.decode(parcel.body, type=_People) for parcel in parcels)
    pushed = [signal for signal in told if signal.pushed]
    rows = [row for signal in pushed for row in signal.evidence]
    named = [who.employee_id for who in pushed] + [who.subject for who in pushed]
    named += [row.employee_id for row in rows] + [row.subject for row in rows]
    return {name for name in named if name is not None}


def call_intake(
    client: httpx.Client, token: Token, parcels: Sequence[Parcel], identities: Sequence[Identity], now: datetime
) -> Answer:
    """One POST of all parcels, with the sealed identities; problems are short texts without identities."""
    signals = b'{"signals":[' + b",".join(parcel.body for parcel in parcels) + b"]"
    body = signals + b',"identities":' + msgspec.json.encode([_told(identity) for identity in identities]) + b"}"

    def send(held: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {held}", "Content-Type": "application/json"}
        return client.post(PATH, content=body, headers=headers)

    try:
        response = with_token(token, send)
    except TokenUnavailableError as error:
        return Away(str(error))
    except ClientRefusedError as error:
        return Refused(str(error))
    except httpx.UnsupportedProtocol as error:
        return Refused(f"{place(client.base_url)}: {error}; give the API's address as http://HOST:PORT or https://HOST")
    except httpx.HTTPError as error:
        kind = Away if isinstance(error, NOT_REACHED) else Failed
        return kind(f"{place(client.base_url)}: {type(error).__name__}: {redact(str(error))}")
    return _understood(response, parcels, now)


def is_ready(client: httpx.Client) -> bool:
    """Whether the API says that it can answer requests."""
    try:
        return client.get(READY).is_success
    except httpx.HTTPError:
        return False


def _told(identity: Identity) -> dict[str, object]:
    return {
        "pseudonym": identity.pseudonym,
        "kind": identity.kind,
        "keyId": identity.key_id,
        "sealed": identity.sealed,  # bytes become base64
    }


def _understood(response: httpx.Response, parcels: Sequence[Parcel], now: datetime) -> Answer:
    status = response.status_code
    if response.is_success:
        return _taken(response, parcels)
    if status in TOO_BAD:
        return Bad(_problem(response))
    if status in BROKE_OFF:
        return Failed(_problem(response), retry_after(response.headers, now))
    if response.is_server_error or status in PASSING:
        return Away(_problem(response), retry_after(response.headers, now))
    return Refused(f"{_problem(response)}; check the API's address, and that the token is one of the role detector")


def _taken(response: httpx.Response, parcels: Sequence[Parcel]) -> Answer:
    """What does not name every signal is no receipt: something else answered, and nothing counts as delivered."""
    try:
        receipt = msgspec.json.decode(response.content, type=Receipt)
        answered = {line.signal_id: line.result for line in receipt.results}
        return Taken({parcel.row: answered[parcel.signal_id] for parcel in parcels})
    except (msgspec.DecodeError, KeyError):
        return Refused(
            f"{_problem(response)}; this is no receipt of the API for these signals: check the address, "
            "the proxies before it, and that API and detector are of the same version"
        )


def _problem(response: httpx.Response) -> str:
    told = redact(response.text[: 2 * PROBLEM_LENGTH])[:PROBLEM_LENGTH]
    return f"{place(response.request.url)}: {response.status_code}: {told}"


def place(url: httpx.URL) -> str:
    """Where the call went, without user, password and path."""
    return f"{url.scheme}://{url.netloc.decode()}"
