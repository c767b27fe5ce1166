"""A command, or an account at an issuer, into the access tokens with which a client of Kafka signs in."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from kafka.net.sasl.oauth import AbstractTokenProvider

from services.core.client_credentials import SECONDS, ClientCredentials
from services.core.errors import DoelbindingError


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


class IssuerTokens(AbstractTokenProvider):
    """Asks an issuer, for each connection; a token is kept until shortly before its end."""

    def __init__(self, credentials: ClientCredentials) -> None:
        self._credentials = credentials

    def token(self) -> str:
        """The token. Raises DoelbindingError if the issuer is away or its answer holds none."""
        return self._credentials.token()
