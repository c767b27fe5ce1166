"""A command, or an account at an issuer, into the access tokens with which a client of Kafka signs in."""

from __future__ import annotations

import base64
import json
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from http.client import HTTPException
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from kafka.net.sasl.oauth import AbstractTokenProvider

from services.core.errors import DoelbindingError

SECONDS = 10.0
"""Longest wait for a token: the client's connections stand still meanwhile."""
MARGIN_SECONDS = 60.0
"""A token is not used any more so long before it runs out."""
LARGEST_ANSWER = 2**20


class CommandTokens(AbstractTokenProvider):
    """Runs a command whose standard output is the token, for every connection anew; it may keep tokens itself."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)

    def token(self) -> str:
        """The token. Raises DoelbindingError if the command fails, takes too long, or prints nothing."""
        try:
            run = subprocess.run(  # noqa: S603 - no shell, and the words are the operator's own
                self._command, capture_output=True, check=True, timeout=SECONDS, text=True
            )
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            raise DoelbindingError(f"the command for a token of Kafka failed ({type(error).__name__})") from error
        if not (token := run.stdout.strip()):
            raise DoelbindingError("the command for a token of Kafka printed nothing on standard output")
        return token


class ClientCredentials(AbstractTokenProvider):
    """Asks an issuer for a token (OAuth 2.0, RFC 6749 section 4.4) and keeps it until shortly before its end."""

    def __init__(
        self, url: str, client_id: str, secret: str, scope: str = "", monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._request = _request(url, client_id, secret, scope)
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._token = ""
        self._good_until = 0.0

    def token(self) -> str:
        """The token. Raises DoelbindingError if the issuer is away or its answer holds none."""
        with self._lock:
            if self._monotonic() >= self._good_until:
                self._token, lasts = _ask(self._request)
                self._good_until = self._monotonic() + max(0.0, lasts - MARGIN_SECONDS)
            return self._token


def _request(url: str, client_id: str, secret: str, scope: str) -> Request:
    form = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
    account = base64.b64encode(f"{quote(client_id, safe='')}:{quote(secret, safe='')}".encode()).decode()
    headers = {"Authorization": f"Basic {account}", "Accept": "application/json"}
    return Request(url, urlencode(form).encode(), headers)  # noqa: S310 - the settings take https only


def _ask(request: Request) -> tuple[str, float]:
    """A token, and for how many seconds it is good."""
    try:
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - the settings take https only
            told = json.loads(answer.read(LARGEST_ANSWER))
        return str(told["access_token"]), float(told.get("expires_in", 0))
    except (OSError, HTTPException, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DoelbindingError(f"the issuer gave no token for Kafka ({type(error).__name__})") from error
