"""An account of a program at an issuer into access tokens (OAuth 2.0 client credentials, RFC 6749 section 4.4)."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from services.core.errors import DoelbindingError

if TYPE_CHECKING:
    import httpx

SECONDS = 10.0
"""Longest wait for a token: what needs it stands still meanwhile."""
MARGIN_SECONDS = 60.0
"""A token is not used any more so long before it runs out."""
LARGEST_ANSWER = 2**20
ABOUT_THE_CLIENT = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
ERROR_CODE = re.compile(r"[a-z_]{1,40}")
VISIBLE = re.compile(r"[!-~]+")


class TokenUnavailableError(DoelbindingError):
    """The issuer gives no token at this moment."""


class ClientRefusedError(DoelbindingError):
    """The issuer does not give this client a token: a person must mend the settings."""


class ClientCredentials:
    """Asks an issuer for a token and keeps it until shortly before its end; `purpose` is what errors say it is for."""

    def __init__(
        self,
        url: str,
        client_id: str,
        secret: str,
        scope: str = "",
        audience: str = "",
        *,
        purpose: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._request = _request(url, client_id, secret, {"scope": scope, "audience": audience})
        self._purpose = purpose
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._token = ""
        self._good_until = 0.0

    def token(self) -> str:
        """The token. Raises TokenUnavailableError or ClientRefusedError."""
        with self._lock:
            if self._monotonic() >= self._good_until:
                self._token, lasts = _ask(self._request, self._purpose)
                self._good_until = self._monotonic() + max(0.0, lasts - MARGIN_SECONDS)
            return self._token

    def forget(self, token: str) -> None:
        """This token was not taken: the next call of `token` asks for another one."""
        with self._lock:
            if token == self._token:
                self._good_until = 0.0


Token = str | ClientCredentials
"""A token that is always the same, or where to ask for one."""


def with_token(token: Token, send: Callable[[str], httpx.Response]) -> httpx.Response:
    """What is answered to a request with the token; one of an issuer that is not taken (401) is replaced once.

    Raises what `send` does, TokenUnavailableError and ClientRefusedError.
    """
    if isinstance(token, str):
        return send(token)
    answer = send(held := token.token())
    if answer.status_code != HTTPStatus.UNAUTHORIZED:
        return answer
    token.forget(held)
    return send(token.token())


class _Nowhere(HTTPRedirectHandler):
    """The secret goes to the address in the settings and to no other: a redirect is an error."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def _request(url: str, client_id: str, secret: str, further: dict[str, str]) -> Request:
    form = {"grant_type": "client_credentials"} | {name: value for name, value in further.items() if value}
    account = base64.b64encode(f"{quote(client_id, safe='')}:{quote(secret, safe='')}".encode()).decode()
    headers = {"Authorization": f"Basic {account}", "Accept": "application/json"}
    return Request(url, urlencode(form).encode(), headers)  # noqa: S310 - the settings take safe addresses only


def _ask(request: Request, purpose: str) -> tuple[str, float]:
    """A token, and for how many seconds it is good."""
    try:
        with build_opener(_Nowhere).open(request, timeout=SECONDS) as answer:
            told = json.loads(answer.read(LARGEST_ANSWER))
        if not VISIBLE.fullmatch(token := told["access_token"]):
            raise ValueError
        return token, float(told.get("expires_in", 0))
    except HTTPError as error:
        with error:
            raise _refusal(error, purpose) from None
    except (OSError, HTTPException, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TokenUnavailableError(f"the issuer gave no token for {purpose} ({type(error).__name__})") from error


def _refusal(answer: HTTPError, purpose: str) -> DoelbindingError:
    if answer.code not in ABOUT_THE_CLIENT:
        return TokenUnavailableError(f"the issuer gave no token for {purpose} (answered {answer.code})")
    return ClientRefusedError(
        f"the issuer refused a token for {purpose} (answered {answer.code}{_error_code(answer)}); "
        "check the client's id and secret there, and that it may use client credentials"
    )


def _error_code(answer: HTTPError) -> str:
    """The code of RFC 6749 section 5.2; nothing else of the answer is repeated."""
    try:
        code = json.loads(answer.read(LARGEST_ANSWER))["error"]
        return f", {code}" if ERROR_CODE.fullmatch(code) else ""
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        return ""
