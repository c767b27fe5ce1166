"""A command, or an account at an issuer, into the access tokens with which a client of Kafka signs in."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from kafka.errors import KafkaConnectionError
from kafka.net.sasl.oauth import AbstractTokenProvider

from services.core.client_credentials import SECONDS, ClientCredentials, TokenUnavailableError
from services.core.errors import DoelbindingError

WAIT_SECONDS = 2.0
"""How long a connection waits for its token: meanwhile the client's thread sends no heartbeats, and a member of a group
that sends none for ten seconds loses its partitions."""


class NoTokenYetError(DoelbindingError, KafkaConnectionError):
    """There is no token at this moment: the client tries again, as where a broker is away."""


class PromptTokens(AbstractTokenProvider):
    """Tokens for connections that cannot wait: what comes too late for one is there for the next.

    A client makes its connections in one thread.
    """

    def __init__(self, ask: Callable[[], str], wait_seconds: float = WAIT_SECONDS) -> None:
        self._ask = ask
        self._wait_seconds = wait_seconds
        self._asked: Future[str] | None = None

    def token(self) -> str:
        """The token. Raises NoTokenYetError where that may pass, and DoelbindingError where a person must mend it."""
        asked = self._asked = self._asked or _in_a_thread(self._ask)
        try:
            return asked.result(self._wait_seconds)
        except TokenUnavailableError as error:
            raise NoTokenYetError(str(error)) from error
        except TimeoutError as error:
            raise NoTokenYetError(f"there was no token for Kafka within {self._wait_seconds:.0f} seconds") from error
        finally:
            if asked.done():
                self._asked = None


def _in_a_thread(ask: Callable[[], str]) -> Future[str]:
    asked: Future[str] = Future()

    def run() -> None:
        try:
            asked.set_result(ask())
        except Exception as error:  # noqa: BLE001 - raised in the thread that waits for the token
            asked.set_exception(error)

    threading.Thread(target=run, name="kafka-token", daemon=True).start()
    return asked


class CommandTokens(PromptTokens):
    """Runs a command whose standard output is the token, for every connection anew; it may keep tokens itself."""

    def __init__(self, command: Sequence[str], wait_seconds: float = WAIT_SECONDS) -> None:
        super().__init__(self._run, wait_seconds)
        self._command = list(command)

    def _run(self) -> str:
        try:
            run = subprocess.run(  # noqa: S603 - no shell, and the words are the operator's own
                self._command, capture_output=True, check=True, timeout=SECONDS, text=True
            )
        except (OSError, ValueError) as error:
            raise DoelbindingError(f"the command for a token of Kafka failed ({type(error).__name__})") from error
        except subprocess.SubprocessError as error:
            raise TokenUnavailableError(f"the command for a token of Kafka failed ({type(error).__name__})") from error
        if not (token := run.stdout.strip()):
            raise TokenUnavailableError("the command for a token of Kafka printed nothing on standard output")
        return token


class IssuerTokens(PromptTokens):
    """Asks an issuer, for each connection; a token is kept until shortly before its end."""

    def __init__(self, credentials: ClientCredentials, wait_seconds: float = WAIT_SECONDS) -> None:
        super().__init__(credentials.token, wait_seconds)
