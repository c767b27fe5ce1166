"""The API inside another process: started in a thread, ready when entered, stopped when left."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

import uvicorn

from services.api.db.migrate import migrate
from services.api.followers import Followers
from services.api.main import Publishing, create_app
from services.api.settings import ApiSettings
from services.core.clock import Clock, SystemClock
from services.core.errors import DoelbindingError

START_SECONDS = 30
STOP_SECONDS = 10


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises DoelbindingError if the port is taken or the address is not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise DoelbindingError(
            f"{host}:{port}: cannot listen here ({error.strerror}); "
            "stop what uses this port, or choose another one with --port"
        ) from error
    return listener


def prepare(settings: ApiSettings) -> None:
    """Make the home folder, and bring the API's own database file up to date; another database is left as it is."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if settings.embedded:
        migrate(settings.database)


class Server(uvicorn.Server):
    """A server that lets those go who follow the news before it waits for the requests under way."""

    def __init__(self, config: uvicorn.Config, followers: Followers) -> None:
        super().__init__(config)
        self._followers = followers

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends what never ends by itself, then shuts down as ever."""
        self._followers.close()
        await super().shutdown(sockets)


def make_server(settings: ApiSettings, clock: Clock, publishing: Publishing | None = None) -> uvicorn.Server:
    """A server of the application that does not log requests: their paths are recorded as reads instead."""
    app = create_app(settings, clock, publishing)
    return Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            timeout_graceful_shutdown=STOP_SECONDS,
        ),
        app.state.parts.followers,
    )


class EmbeddedApi:
    """Context manager around a running API; port 0 in the settings takes a free one."""

    def __init__(self, settings: ApiSettings, clock: Clock | None = None, publishing: Publishing | None = None) -> None:
        self._settings = settings
        self._publishing = publishing
        self._clock = clock or SystemClock()
        self.url = ""

    def __enter__(self) -> Self:
        """Start, and wait until requests are answered. Raises DoelbindingError if it cannot start."""
        prepare(self._settings)
        self._server = make_server(self._settings, self._clock, self._publishing)
        self._listener = bind(self._settings.host, self._settings.port)
        self.url = _url(self._settings.host, self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, name="embedded-api", daemon=True)
        self._thread.start()
        self._await_start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Answer what is under way, then stop."""
        self._server.should_exit = True
        self._thread.join(START_SECONDS)
        self._listener.close()

    def _serve(self) -> None:
        with suppress(SystemExit):
            self._server.run(sockets=[self._listener])

    def _await_start(self) -> None:
        waited = threading.Event()
        for _ in range(START_SECONDS * 100):
            if self._server.started:
                return
            if not self._thread.is_alive():
                break
            waited.wait(0.01)
        self.__exit__(None, None, None)
        raise DoelbindingError(f"{self.url}: the API did not start")


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
