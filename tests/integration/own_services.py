"""A Kafka or a PostgreSQL of a test's own, to kill, freeze and start again while other tests use the common one."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.integration.services import demand_services
from tests.processes import free_port

CHECKOUT = Path(__file__).parents[2]
RUN = CHECKOUT / "deploy" / "services" / "run"
COMMON = Path(os.environ.get("DOELBINDING_SERVICES", CHECKOUT / "var" / "services"))
PID_FILES = {"kafka": "kafka/pid", "postgresql": "postgresql/data/postmaster.pid"}


@dataclass(frozen=True)
class OwnService:
    """One service on a port of its own; what it holds outlives its processes."""

    name: str
    port: int
    folder: Path

    @property
    def address(self) -> str:
        """Bootstrap servers of Kafka, or the URL of PostgreSQL's database."""
        if self.name == "kafka":
            return f"127.0.0.1:{self.port}"
        return f"postgresql+psycopg://doelbinding:doelbinding@127.0.0.1:{self.port}/doelbinding"

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        self._run("start")

    def stop(self) -> None:
        """Ends it in an orderly way."""
        self._run("stop")

    def kill(self) -> None:
        """Ends it at once, as a failure does."""
        self.signal(signal.SIGKILL)

    def signal(self, how: signal.Signals) -> None:
        """For instance SIGSTOP, which freezes it until SIGCONT."""
        pid = (self.folder / PID_FILES[self.name]).read_text().split()[0]
        os.kill(int(pid), how)

    def _run(self, verb: str) -> None:
        ports = {"KAFKA": self.port, "POSTGRESQL": self.port}
        own = {f"DOELBINDING_SERVICES_{name}": str(port) for name, port in ports.items()}
        environment = os.environ | own | {"DOELBINDING_SERVICES": str(self.folder)}
        subprocess.run([RUN, verb, self.name], env=environment, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def own_service(name: str) -> Iterator[OwnService]:
    """A running `kafka` or `postgresql`, gone at the end; skips or fails the test where there are no services."""
    demand_services()
    folder = Path(tempfile.mkdtemp(prefix="doelbinding-services-"))
    folder.chmod(0o755)  # the services may run under another account
    if (COMMON / "jars").is_dir():
        shutil.copytree(COMMON / "jars", folder / "jars")
    service = OwnService(name, _free_pair(), folder)
    try:
        service.start()
        yield service
    finally:
        with suppress(OSError):  # it may not have started, or be dead
            service.signal(signal.SIGCONT)
        service.stop()
        shutil.rmtree(folder)


def _free_pair() -> int:
    """A free port with a free one after it, which Kafka's controller takes."""
    while True:
        port = free_port()
        with socket.socket() as next_one, suppress(OSError):
            next_one.bind(("127.0.0.1", port + 1))
            return port
